import { workerData } from "node:worker_threads";
import { postEach } from "../../sim/node.ts";
import { type DemoWork, makeDemos } from "./make-demos.ts";

await postEach(makeDemos(workerData as DemoWork));
