import { rotate } from "../../common/index.ts";
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

/**
 * The stream `state` that viewers draw, as PROTOCOL.md lists it, as far as a robot knows it. A robot that does not know
 * where it is stands at the origin of `qpos`, in its default height; `basePos` then says NaN.
 */
export class ViewerStream {
  readonly plan: StreamPlan;
  readonly #standingHeight: number;
  readonly #values: Float64Array;
  readonly #worldVel: [number, number, number] = [0, 0, 0];

  constructor(robot: RobotSpec, rateHz = RATE_HZ) {
    const labels = robot.joints.map(({ name }) => name);
    const each = (name: string, unit: string): StreamField => ({ name, size: labels.length, unit, labels });
    const some = (name: string, size: number, unit = ""): StreamField => ({ name, size, unit });
    this.#standingHeight = robot.standingHeight;
    this.plan = {
      name: "state",
      layout: "record",
      rateHz,
      fields: [
        some("time", 1, "s"),
        some("step", 1),
        some("qpos", 7 + labels.length),
        some("qvel", 6 + labels.length),
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
    const { q, dq, baseQuat, basePos, baseLinVel } = state;
    const hasPlace = !Number.isNaN(basePos[2]);
    const hasFallen = sent.fault === "tilt" || sent.fault === "base height" ? 1 : 0;
    const parts = [
      [time, state.step % 2 ** 24],
      hasPlace ? basePos : [0, 0, this.#standingHeight],
      baseQuat,
      q,
      hasPlace ? rotate(baseQuat, baseLinVel, this.#worldVel) : [0, 0, 0],
      state.baseAngVel,
      dq,
      q,
      dq,
      state.tau,
      sent.command.q,
      state.command,
      state.reference,
      baseQuat,
      state.baseAngVel,
      basePos,
      baseLinVel,
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
