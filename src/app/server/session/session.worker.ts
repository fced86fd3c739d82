import { parentPort, workerData } from "node:worker_threads";
import { failureOf } from "./failure.ts";
import type { FromSession, SessionSetup, ToSession } from "./session-link.ts";
import { SessionRuntime } from "./session-runtime.ts";

const tell = (message: FromSession) => parentPort?.postMessage(message);

try {
  const runtime = await SessionRuntime.open(workerData as SessionSetup, tell);
  parentPort?.on("message", (message: ToSession) => runtime.take(message));
  await runtime.run();
} catch (error) {
  tell({ op: "failed", failure: failureOf(error) });
}
parentPort?.close();
