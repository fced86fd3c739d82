import { parentPort, workerData } from "node:worker_threads";
import { ContrappostoError, errorMessage } from "../../common/index.ts";
import { makeRealtime, reserveProcessor } from "./make-realtime.ts";
import { monotonicClock } from "./monotonic.ts";
import { openPort } from "./open-port.ts";
import { runMotorLoop } from "./run-motor-loop.ts";
import type { LoopAssignment } from "./start-loop.ts";

const { transport, config, buffer } = workerData as LoopAssignment;
const { realtime, isReserved = false } = config;
try {
  // The threads that DDS starts inherit this: the loop must not wait for one of them that waits for the rest of the machine.
  if (realtime !== undefined) makeRealtime(Math.max(1, realtime - 1));
  await using port = await openPort(transport);
  await port.engage(config.authority);
  if (realtime !== undefined) makeRealtime(realtime);
  if (isReserved) reserveProcessor();
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
