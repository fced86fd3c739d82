import type { Worker } from "node:worker_threads";
import { spawnWorker } from "../../sim/node.ts";
import { RobotMissingError } from "../errors.ts";
import { LoopChannel } from "./loop-channel.ts";
import { robotOf, type Transport } from "./open-port.ts";
import type { LoopConfig } from "./run-motor-loop.ts";

/** All that the loop's thread needs. */
export interface LoopAssignment {
  readonly transport: Transport;
  readonly config: LoopConfig;
  /** Of the `LoopChannel`. */
  readonly buffer: SharedArrayBuffer;
}

/** A motor loop in a thread of its own. */
export interface RunningLoop {
  readonly channel: LoopChannel;
  readonly imuBody: "pelvis" | "torso";
  /** Resolves when the thread has ended; rejects with `RobotMissingError` where it failed. */
  readonly ended: Promise<void>;
}

type Message =
  | { readonly kind: "ready"; readonly imuBody: "pelvis" | "torso" }
  | { readonly kind: "failed"; readonly problem: string; readonly remedy: string };

/** Starts a motor loop and waits until it has the motors. Throws `RobotMissingError` where the robot is not there. */
export async function startLoop(transport: Transport, config: LoopConfig): Promise<RunningLoop> {
  const channel = new LoopChannel(robotOf(transport));
  const assignment: LoopAssignment = { transport, config, buffer: channel.buffer };
  const worker = spawnWorker(new URL("./motor-loop.worker", import.meta.url), assignment);
  const ended = end(worker);
  ended.catch(() => {}); // whoever waits hears of it; nobody has to
  const early = ended.then(() => {
    throw new RobotMissingError("The motor loop ended before it began.", "Start it again.");
  });
  early.catch(() => {});
  return { channel, imuBody: await Promise.race([ready(worker), early]), ended };
}

function ready(worker: Worker): Promise<"pelvis" | "torso"> {
  return new Promise((resolve) => {
    worker.on("message", (message: Message) => {
      if (message.kind === "ready") resolve(message.imuBody);
    });
  });
}

function end(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: Message) => {
      if (message.kind === "failed") reject(new RobotMissingError(message.problem, message.remedy));
    });
    worker.on("error", (cause) =>
      reject(new RobotMissingError("The motor loop failed.", "See the cause.", { cause })),
    );
    worker.on("exit", () => resolve());
  });
}
