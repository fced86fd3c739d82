import type { ControlState, RobotSpec } from "../../sim/index.ts";
import type { StreamField, StreamPlan } from "../../wire/index.ts";
import { sampleSize, writeSample } from "../loop/sample-layout.ts";
import type { SentCommand } from "../robot-link.ts";
import type { RobotState } from "../robot-state.ts";

/** Name of the stream that a `WebSocketLink` reads. */
export const ROBOT_STREAM = "robot";
const RATE_HZ = 500;

/** What a robot's sample is made of, as `writeSample` lays it out. Field names end in what they belong to. */
export function robotStreamPlan({ joints }: Pick<RobotSpec, "joints">): StreamPlan {
  const labels = joints.map(({ name }) => name);
  const each = (name: string, unit: string): StreamField => ({ name, size: labels.length, unit, labels });
  const some = (name: string, size: number, unit = "", names?: string[]): StreamField => ({
    name,
    size,
    unit,
    ...(names === undefined ? {} : { labels: names }),
  });
  return {
    name: ROBOT_STREAM,
    layout: "record",
    rateHz: RATE_HZ,
    fields: [
      some("time", 1, "s"),
      some("stateSequence", 1),
      each("q", "rad"),
      each("dq", "rad/s"),
      each("tau", "N·m"),
      each("temperature", "°C"),
      each("motorFault", ""),
      some("imuQuat", 4),
      some("imuGyro", 3, "rad/s"),
      some("imuAcc", 3, "m/s²"),
      some("basePos", 3, "m"),
      some("baseLinVel", 3, "m/s"),
      some("battery", 3, "", ["charge", "voltage", "current"]),
      some("remote", 5, "", ["lx", "ly", "rx", "ry", "keys"]),
      each("sentQ", "rad"),
      each("sentDq", "rad/s"),
      each("sentKp", "N·m/rad"),
      each("sentKd", "N·m·s/rad"),
      each("sentTau", "N·m"),
      some("sentEnabled", 1),
      some("sentWeight", 1),
      some("sentSequence", 1),
      some("phase", 1),
      some("fault", 1),
      some("refusal", 1),
      some("limits", 1),
    ],
  };
}

/** Writes a sample for the robot stream. Times and sequences are kept small, because they travel as float32. */
export class RobotStream {
  readonly plan: StreamPlan;
  readonly #values: Float64Array;

  constructor(robot: Pick<RobotSpec, "joints">) {
    this.plan = robotStreamPlan(robot);
    this.#values = new Float64Array(sampleSize(robot));
  }

  /** Kept and overwritten. @param time s, on the server's clock */
  sample(state: RobotState, sent: SentCommand, time: number): Float64Array {
    writeSample(state, sent, this.#values, 0);
    this.#values[0] = time;
    this.#values[1] = state.sequence % 2 ** 24;
    return this.#values;
  }
}

/** The stream `state` that viewers draw, as PROTOCOL.md lists it, as far as a robot knows it. */
export class ViewerStream {
  readonly plan: StreamPlan;
  readonly #values: Float64Array;

  constructor(robot: RobotSpec, rateHz = RATE_HZ) {
    const labels = robot.joints.map(({ name }) => name);
    const each = (name: string, unit: string): StreamField => ({ name, size: labels.length, unit, labels });
    const some = (name: string, size: number, unit = ""): StreamField => ({ name, size, unit });
    this.plan = {
      name: "state",
      layout: "record",
      rateHz,
      fields: [
        some("time", 1, "s"),
        some("step", 1),
        each("q", "rad"),
        each("dq", "rad/s"),
        each("tau", "N·m"),
        each("target", "rad"),
        some("command", 3),
        each("reference", "rad"),
        some("baseQuat", 4),
        some("baseAngVel", 3, "rad/s"),
        some("basePos", 3, "m"),
        some("baseLinVel", 3, "m/s"),
        some("hasFallen", 1),
        some("realTimeFactor", 1),
      ],
    };
    this.#values = new Float64Array(this.plan.fields.reduce((sum, { size }) => sum + size, 0));
  }

  /** Kept and overwritten. @param time s, on the server's clock */
  sample(state: ControlState, sent: SentCommand, time: number): Float64Array {
    const hasFallen = sent.fault === "tilt" || sent.fault === "base height" ? 1 : 0;
    const parts = [
      [time, state.step % 2 ** 24],
      state.q,
      state.dq,
      state.tau,
      sent.command.q,
      state.command,
      state.reference,
      state.baseQuat,
      state.baseAngVel,
      state.basePos,
      state.baseLinVel,
      [hasFallen, 1],
    ];
    let at = 0;
    for (const part of parts) {
      this.#values.set(part, at);
      at += part.length;
    }
    return this.#values;
  }
}
