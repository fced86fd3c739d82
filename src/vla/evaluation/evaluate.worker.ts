import { parentPort, workerData } from "node:worker_threads";
import { type EvaluationWork, evaluateScenes } from "./evaluate.ts";

const now = () => Number(process.hrtime.bigint()) / 1e6;
for await (const scene of evaluateScenes(workerData as EvaluationWork, now)) parentPort?.postMessage(scene);
