import { parentPort, workerData } from "node:worker_threads";
import { errorMessage } from "../../../common/index.ts";
import type { EnvironmentSetup } from "../../../vla/node.ts";
import { Foreseer, type FuturesQuestion } from "./foreseer.ts";

const foreseer = await Foreseer.open(workerData as EnvironmentSetup);
parentPort?.on("message", async (question: FuturesQuestion | "end") => {
  if (question === "end") {
    foreseer[Symbol.dispose]();
    parentPort?.close();
    return;
  }
  try {
    parentPort?.postMessage({ rows: await foreseer.foresee(question) });
  } catch (error) {
    parentPort?.postMessage({ problem: errorMessage(error) });
  }
});
