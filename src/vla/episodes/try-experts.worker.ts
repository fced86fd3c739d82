import { parentPort, workerData } from "node:worker_threads";
import { type ExpertWork, tryExperts } from "./try-experts.ts";

for await (const outcome of tryExperts(workerData as ExpertWork)) parentPort?.postMessage(outcome);
