import { workerData } from "node:worker_threads";
import { postEach } from "../../sim/node.ts";
import { type ExpertWork, tryExperts } from "./try-experts.ts";

await postEach(tryExperts(workerData as ExpertWork));
