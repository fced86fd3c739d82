import { parentPort, workerData } from "node:worker_threads";
import { DivergedError } from "../engine/index.ts";
import { type SliceAssignment, serveSlice } from "./serve-slice.ts";

try {
  await serveSlice(workerData as SliceAssignment, () => parentPort?.postMessage({ kind: "ready" }));
} catch (error) {
  const dump = error instanceof DivergedError ? error.dump : undefined;
  parentPort?.postMessage({
    kind: "failed",
    message: error instanceof Error ? error.message : String(error),
    dump,
  });
}
