import { parentPort, workerData } from "node:worker_threads";
import { ContrappostoError, errorMessage } from "../../common/index.ts";
import { runTwin, type TwinAssignment } from "./run-twin.ts";

try {
  await runTwin(
    workerData as TwinAssignment,
    () => performance.now(),
    () => parentPort?.postMessage({ kind: "ready" }),
  );
} catch (error) {
  const [problem, remedy] =
    error instanceof ContrappostoError ? [error.problem, error.remedy] : [errorMessage(error), ""];
  parentPort?.postMessage({ kind: "failed", problem, remedy });
}
