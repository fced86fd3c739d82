import { parentPort, workerData } from "node:worker_threads";
import { errorMessage } from "../../../common/index.ts";
import { showTraining } from "./serve-training.ts";
import type { TrainingShow } from "./training-host.ts";

const { show, port } = workerData as { show: TrainingShow; port: number };
try {
  await showTraining(
    show,
    port,
    (url) => parentPort?.postMessage({ url }),
    (take) => parentPort?.on("message", take),
  );
} catch (error) {
  parentPort?.postMessage({ problem: errorMessage(error) });
}
parentPort?.close();
