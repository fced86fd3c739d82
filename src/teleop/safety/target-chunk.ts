import type { RobotSpec } from "../../sim/index.ts";
import { copyMotorCommand, type MotorCommand } from "../motor-command.ts";

/** Most targets of one chunk: 50 Hz for 1.28 s. */
export const MAX_CHUNK_POINTS = 64;

/**
 * Targets in the order of time, as a controller sends them: one for "now", or a whole chunk of what it means to do. Gains
 * hold for all of its points. Kept and overwritten; joint arrays are in the robot's order, [points, joints].
 */
export interface TargetChunk {
  /** Counts up with each chunk of one controller; older ones are ignored. */
  sequence: number;
  /** Points in use. */
  count: number;
  /** When each point is meant to be reached, s, on the clock of the motor loop; rising. */
  readonly time: Float64Array;
  readonly q: Float64Array;
  readonly dq: Float64Array;
  readonly tau: Float64Array;
  /** [joints] */
  readonly kp: Float64Array;
  readonly kd: Float64Array;
}

/** An empty chunk. */
export function createTargetChunk({ joints }: Pick<RobotSpec, "joints">): TargetChunk {
  const points = () => new Float64Array(MAX_CHUNK_POINTS * joints.length);
  return {
    sequence: 0,
    count: 0,
    time: new Float64Array(MAX_CHUNK_POINTS),
    q: points(),
    dq: points(),
    tau: points(),
    kp: new Float64Array(joints.length),
    kd: new Float64Array(joints.length),
  };
}

/** Makes a chunk of the one target that a command holds. */
export function setSingleTarget(
  chunk: TargetChunk,
  command: MotorCommand,
  sequence: number,
  time: number,
): void {
  chunk.sequence = sequence;
  chunk.count = 1;
  chunk.time[0] = time;
  chunk.q.set(command.q);
  chunk.dq.set(command.dq);
  chunk.tau.set(command.tau);
  chunk.kp.set(command.kp);
  chunk.kd.set(command.kd);
}

/** Copies the points in use. Allocates nothing. */
export function copyTargetChunk(from: TargetChunk, to: TargetChunk): void {
  const used = from.count * from.kp.length;
  to.sequence = from.sequence;
  to.count = from.count;
  for (let i = 0; i < from.count; i++) to.time[i] = from.time[i];
  for (let i = 0; i < used; i++) {
    to.q[i] = from.q[i];
    to.dq[i] = from.dq[i];
    to.tau[i] = from.tau[i];
  }
  to.kp.set(from.kp);
  to.kd.set(from.kd);
}

/**
 * Follows the newest chunk: between two points on the straight line, before the first on the line from where the targets
 * were when the chunk came, after the last at the last. Gains change at once.
 */
export class TargetTrack {
  readonly #chunk: TargetChunk;
  readonly #origin: MotorCommand;
  #originTime = 0;

  constructor(robot: Pick<RobotSpec, "joints">, start: MotorCommand) {
    this.#chunk = createTargetChunk(robot);
    this.#origin = start;
  }

  get sequence(): number {
    return this.#chunk.sequence;
  }

  /** When the last point is due, s; minus infinity before the first chunk. */
  get end(): number {
    return this.#chunk.count === 0 ? Number.NEGATIVE_INFINITY : this.#chunk.time[this.#chunk.count - 1];
  }

  /** Forgets the chunk: the targets stay at `start`. */
  reset(start: MotorCommand): void {
    copyMotorCommand(start, this.#origin);
    this.#chunk.count = 0;
    this.#chunk.sequence = 0;
  }

  /** Takes a chunk over from `now` on. */
  follow(chunk: TargetChunk, now: number): void {
    this.sample(now, this.#origin);
    this.#originTime = now;
    copyTargetChunk(chunk, this.#chunk);
  }

  /** Writes the targets of this moment. Allocates nothing. */
  sample(now: number, out: MotorCommand): void {
    const { count, time, kp, kd } = this.#chunk;
    if (count === 0) {
      if (out !== this.#origin) copyMotorCommand(this.#origin, out);
      return;
    }
    let next = 0;
    while (next < count && time[next] <= now) next++;
    if (next === count) this.#point(count - 1, out);
    else this.#between(next, now, out);
    out.kp.set(kp);
    out.kd.set(kd);
    out.isEnabled = true;
  }

  #point(index: number, out: MotorCommand): void {
    const { q, dq, tau } = this.#chunk;
    const joints = out.q.length;
    for (let j = 0; j < joints; j++) {
      out.q[j] = q[index * joints + j];
      out.dq[j] = dq[index * joints + j];
      out.tau[j] = tau[index * joints + j];
    }
  }

  #between(next: number, now: number, out: MotorCommand): void {
    const { q, dq, tau, time } = this.#chunk;
    const joints = out.q.length;
    const from = next === 0 ? this.#originTime : time[next - 1];
    const share = Math.min(1, Math.max(0, (now - from) / Math.max(1e-9, time[next] - from)));
    const at = next * joints;
    const before = at - joints;
    for (let j = 0; j < joints; j++) {
      const q0 = next === 0 ? this.#origin.q[j] : q[before + j];
      const dq0 = next === 0 ? this.#origin.dq[j] : dq[before + j];
      const tau0 = next === 0 ? this.#origin.tau[j] : tau[before + j];
      out.q[j] = q0 + share * (q[at + j] - q0);
      out.dq[j] = dq0 + share * (dq[at + j] - dq0);
      out.tau[j] = tau0 + share * (tau[at + j] - tau0);
    }
  }
}
