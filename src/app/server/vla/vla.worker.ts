import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "../session/failure.ts";
import type { FromSession, ToSession, VlaSessionSetup } from "../session/session-link.ts";
import { VlaRuntime } from "./vla-runtime.ts";

const tell = (message: FromSession) => parentPort?.postMessage(message);

try {
  const runtime = await VlaRuntime.open(workerData as VlaSessionSetup, tell);
  parentPort?.on("message", (message: ToSession) => runtime.take(message));
  await runtime.run();
} catch (error) {
  tell({ op: "failed", failure: failureOf(error) });
}
parentPort?.close();
