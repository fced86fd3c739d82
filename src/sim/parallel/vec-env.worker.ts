import { parentPort, workerData } from "node:worker_threads";
import { errorMessage } from "../../common/index.ts";
import { EnvironmentFailure } from "./environment-failure.ts";
import { type SliceAssignment, serveSlice } from "./serve-slice.ts";

try {
  await serveSlice(workerData as SliceAssignment, () => parentPort?.postMessage({ kind: "ready" }));
} catch (error) {
  const dump = error instanceof EnvironmentFailure ? error.dump : undefined;
  parentPort?.postMessage({ kind: "failed", message: errorMessage(error), dump });
}
