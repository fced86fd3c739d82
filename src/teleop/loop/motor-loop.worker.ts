import { parentPort, workerData } from "node:worker_threads";
import { ContrappostoError, errorMessage } from "../../common/index.ts";
import { makeRealtime } from "./make-realtime.ts";
import { monotonicClock } from "./monotonic.ts";
import { openPort } from "./open-port.ts";
import { runMotorLoop } from "./run-motor-loop.ts";
import type { LoopAssignment } from "./start-loop.ts";

const { transport, config, buffer } = workerData as LoopAssignment;
try {
  await using port = await openPort(transport);
  await port.engage(config.authority);
  if (config.realtime !== undefined) makeRealtime(config.realtime);
  parentPort?.postMessage({ kind: "ready", imuBody: port.imuBody });
  runMotorLoop(
    port,
    config,
    buffer,
    monotonicClock(() => performance.now()),
  );
} catch (error) {
  const [problem, remedy] =
    error instanceof ContrappostoError ? [error.problem, error.remedy] : [errorMessage(error), ""];
  parentPort?.postMessage({ kind: "failed", problem, remedy });
}
