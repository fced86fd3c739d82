import { setTimeout as sleep } from "node:timers/promises";
import type { RobotSpec } from "../../sim/index.ts";
import { LinkClosedError } from "../errors.ts";
import type { LoopChannel } from "../loop/loop-channel.ts";
import { createSentCommand } from "../loop/motor-loop.ts";
import { robotOf, type Transport } from "../loop/open-port.ts";
import type { LoopConfig } from "../loop/run-motor-loop.ts";
import { type RunningLoop, startLoop } from "../loop/start-loop.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { RobotLink, SentCommand } from "../robot-link.ts";
import { createRobotState, type RobotState } from "../robot-state.ts";
import type { PhaseRequest } from "../safety/phase.ts";
import { createTargetChunk, setSingleTarget, type TargetChunk } from "../safety/target-chunk.ts";

const HEARTBEAT_MS = 100;

/** A robot whose motor loop runs in a thread of this process: on DDS, or simulated in real time. */
export class LoopLink implements RobotLink {
  readonly robot: RobotSpec;
  readonly channel: LoopChannel;
  readonly imuBody: "pelvis" | "torso";
  readonly state: RobotState;
  readonly sent: SentCommand;
  readonly #loop: RunningLoop;
  readonly #now: () => number;
  readonly #chunk: TargetChunk;
  readonly #heart: NodeJS.Timeout;
  #sequence = 0;
  #failure: unknown;
  #isOver = false;

  private constructor(robot: RobotSpec, loop: RunningLoop, now: () => number) {
    this.robot = robot;
    this.channel = loop.channel;
    this.imuBody = loop.imuBody;
    this.state = createRobotState(robot);
    this.sent = createSentCommand(robot);
    this.#loop = loop;
    this.#now = now;
    this.#chunk = createTargetChunk(robot);
    this.#heart = setInterval(() => loop.channel.beat(), HEARTBEAT_MS);
    loop.ended
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#isOver = true;
      });
  }

  /**
   * Starts the loop and waits for the first state. Throws `RobotMissingError` where the robot is not there.
   *
   * @param now s, as `monotonicClock` makes it
   */
  static async open(transport: Transport, config: LoopConfig, now: () => number): Promise<LoopLink> {
    const link = new LoopLink(robotOf(transport), await startLoop(transport, config), now);
    while (link.state.sequence === 0) await link.waitUntil(now() + 0.005);
    return link;
  }

  now(): number {
    return this.#now();
  }

  async waitUntil(time: number): Promise<void> {
    this.#assertOpen();
    for (let wait = time - this.#now(); wait > 0; wait = time - this.#now())
      await sleep(Math.ceil(1000 * wait));
    this.channel.newest(this.state, this.sent);
  }

  send(targets: MotorCommand): SentCommand {
    setSingleTarget(this.#chunk, targets, 0, this.#now());
    return this.sendChunk(this.#chunk);
  }

  sendChunk(chunk: TargetChunk): SentCommand {
    this.#assertOpen();
    chunk.sequence = ++this.#sequence;
    this.channel.offer(chunk);
    return this.sent;
  }

  request(request: PhaseRequest): void {
    this.channel.request(request);
  }

  stop(): void {
    this.channel.stop();
  }

  /** Damps, then ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heart);
    this.channel.end();
    await this.#loop.ended.catch(() => {});
  }

  #assertOpen(): void {
    if (this.#isOver) throw new LinkClosedError("its motor loop has ended", { cause: this.#failure });
  }
}
