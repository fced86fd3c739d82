import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type RobotSpec, robotByName } from "../../../src/sim/index.ts";
import { createMotorCommand } from "../../../src/teleop/motor-command.ts";
import { createRobotState, type RobotState } from "../../../src/teleop/robot-state.ts";
import { type BodyGeometry, parseGeometry } from "../../../src/teleop/safety/body-geometry.ts";
import { type Envelope, parseEnvelope } from "../../../src/teleop/safety/envelope.ts";
import { type FaultCause, PHASE_REQUESTS, type PhaseRequest } from "../../../src/teleop/safety/phase.ts";
import { SafetyLayer, type SafetyOptions } from "../../../src/teleop/safety/safety-layer.ts";
import { createTargetChunk, setSingleTarget } from "../../../src/teleop/safety/target-chunk.ts";
import { ROOT } from "../../support/run-cli.ts";

export const h12 = robotByName("h1_2");
export { PHASE_REQUESTS };

export function envelopeOf(robot: RobotSpec): Envelope {
  const path = `${ROOT}assets/${dirname(robot.model)}/envelope.yaml`;
  return parseEnvelope(readFileSync(path, "utf8"), path);
}

export function geometryOf(robot: RobotSpec): BodyGeometry {
  const path = `${ROOT}assets/${dirname(robot.model)}/${robot.name}.geometry.json`;
  return parseGeometry(readFileSync(path, "utf8"), path, robot);
}

/** The default pose's state of a robot that stands still and is well. */
export function restingState(robot: RobotSpec): RobotState {
  const state = createRobotState(robot);
  for (const [j, joint] of robot.joints.entries()) state.q[j] = joint.default;
  state.temperature.fill(35);
  state.battery.charge = 0.8;
  return state;
}

/** A safety layer with a clock of its own and a robot that does whatever a test writes into `state`. */
export class SafetyBench {
  readonly robot: RobotSpec;
  readonly safety: SafetyLayer;
  readonly envelope: Envelope;
  readonly state: RobotState;
  readonly tick = 0.002;
  now = 10;
  #sequence = 0;

  constructor(options: Partial<SafetyOptions> = {}) {
    this.robot = options.robot ?? h12;
    this.envelope = options.envelope ?? envelopeOf(this.robot);
    this.safety = new SafetyLayer({
      robot: this.robot,
      geometry: geometryOf(this.robot),
      envelope: this.envelope,
      imuBody: "torso",
      ...options,
    });
    this.state = restingState(this.robot);
  }

  /** Ticks for so long; each tick brings a new state unless `isSilent`. */
  run(
    seconds: number,
    { isSilent = false, each = () => {} }: { isSilent?: boolean; each?: () => void } = {},
  ) {
    for (let t = 0; t < seconds - 1e-9; t += this.tick) {
      this.now += this.tick;
      if (!isSilent) this.hear();
      each();
      this.safety.step(this.now, this.state);
    }
    return this.safety.sent;
  }

  /** A new state arrives. */
  hear(): void {
    this.state.time = this.now;
    this.state.sequence++;
  }

  /** Sends targets of the default pose with the robot's gains, changed as asked; offered at the present time. */
  offer(
    q: Readonly<Record<string, number>> = {},
    change: { kp?: number; kd?: number; tau?: number } = {},
  ): FaultCause {
    const command = createMotorCommand(this.robot);
    for (const [j, joint] of this.robot.joints.entries()) {
      command.q[j] = q[joint.name] ?? joint.default;
      command.kp[j] = change.kp ?? joint.kp;
      command.kd[j] = change.kd ?? joint.kd;
      command.tau[j] = change.tau ?? 0;
    }
    const chunk = createTargetChunk(this.robot);
    setSingleTarget(chunk, command, ++this.#sequence, this.now);
    return this.safety.offer(chunk, this.now);
  }

  /** Sends a request, and ticks once so that it shows. */
  ask(request: PhaseRequest): FaultCause {
    const refusal = this.safety.request(request);
    this.run(this.tick);
    return refusal;
  }

  /** Brings the robot to its feet: passive, damping, standing-up, ready. */
  stand(): this {
    this.run(0.02);
    this.ask("damp");
    this.ask("stand");
    this.run(this.envelope.standUpSeconds + 0.1);
    return this;
  }

  /** Offers targets at 50 Hz for so long. */
  drive(seconds: number, q: Readonly<Record<string, number>> = {}) {
    for (let t = 0; t < seconds - 1e-9; t += 0.02) {
      this.offer(q);
      this.run(0.02);
    }
    return this.safety.sent;
  }

  /** Running under a controller that asks for the default pose. */
  start(): this {
    this.stand();
    this.ask("run");
    this.drive(this.envelope.blendSeconds + 0.1);
    return this;
  }

  joint(name: string): number {
    return this.robot.joints.findIndex((joint) => joint.name === name);
  }
}
