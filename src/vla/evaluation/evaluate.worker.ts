import { workerData } from "node:worker_threads";
import { postEach } from "../../sim/node.ts";
import { type EvaluationWork, evaluateScenes } from "./evaluate.ts";

const now = () => Number(process.hrtime.bigint()) / 1e6;
await postEach(evaluateScenes(workerData as EvaluationWork, now));
