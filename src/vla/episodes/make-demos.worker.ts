import { parentPort, workerData } from "node:worker_threads";
import { type DemoWork, makeDemos } from "./make-demos.ts";

for await (const demo of makeDemos(workerData as DemoWork)) parentPort?.postMessage(demo);
