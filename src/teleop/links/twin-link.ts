import type { Engine, RobotSpec, World } from "../../sim/index.ts";
import { MOTOR_PERIOD, MotorLoop } from "../loop/motor-loop.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { MotorPort } from "../motor-port.ts";
import type { RobotLink, SentCommand } from "../robot-link.ts";
import type { RobotState } from "../robot-state.ts";
import type { PhaseRequest } from "../safety/phase.ts";
import { SafetyLayer, type SafetyOptions } from "../safety/safety-layer.ts";
import { createTargetChunk, setSingleTarget, type TargetChunk } from "../safety/target-chunk.ts";
import { SimPort } from "./sim-port.ts";

/** What a twin's safety layer needs beside the robot. */
export type TwinSafety = Pick<SafetyOptions, "geometry" | "envelope"> &
  Partial<Pick<SafetyOptions, "isDryRun">>;

/**
 * A simulated robot behind the safety layer, in this thread and in simulated time: it passes only while somebody waits,
 * as fast as the machine allows, and the same calls give the same bits.
 */
export class TwinLink implements RobotLink {
  readonly robot: RobotSpec;
  readonly loop: MotorLoop;
  readonly imuBody: "pelvis" | "torso";
  readonly #chunk: TargetChunk;
  #ticks = 0;
  #sequence = 0;

  /** A link over any port whose time may be simulated. */
  constructor(port: MotorPort, safety: TwinSafety) {
    this.robot = port.robot;
    this.imuBody = port.imuBody;
    const layer = new SafetyLayer({ ...safety, robot: port.robot, imuBody: port.imuBody });
    this.loop = new MotorLoop(port, layer, safety.isDryRun);
    this.#chunk = createTargetChunk(port.robot);
  }

  /** A robot in a world of its own. */
  static async open(engine: Engine, world: World, safety: TwinSafety): Promise<TwinLink> {
    const port = SimPort.open(engine, world);
    await port.engage();
    const link = new TwinLink(port, safety);
    await link.waitUntil(MOTOR_PERIOD); // there is a state from the beginning
    return link;
  }

  get state(): RobotState {
    return this.loop.port.state;
  }

  get sent(): SentCommand {
    return this.loop.safety.sent;
  }

  now(): number {
    return this.#ticks * MOTOR_PERIOD;
  }

  async waitUntil(time: number): Promise<void> {
    while ((this.#ticks + 1) * MOTOR_PERIOD <= time + 1e-9) this.loop.tick(++this.#ticks * MOTOR_PERIOD);
  }

  send(targets: MotorCommand): SentCommand {
    setSingleTarget(this.#chunk, targets, 0, this.now());
    return this.sendChunk(this.#chunk);
  }

  sendChunk(chunk: TargetChunk): SentCommand {
    chunk.sequence = ++this.#sequence;
    this.loop.safety.offer(chunk, this.now());
    return this.sent;
  }

  request(request: PhaseRequest): void {
    this.loop.safety.request(request);
  }

  stop(): void {
    this.loop.safety.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.loop.port[Symbol.asyncDispose]();
  }
}
