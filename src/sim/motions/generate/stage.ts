import { type Rng, UsageError } from "../../../common/index.ts";
import { MOTION_RATE_HZ } from "../motion.ts";
import { minimumJerk, quintic, swell } from "./blend.ts";
import type { MotionBody } from "./motion-body.ts";
import type { Pose } from "./pose.ts";

/** A part that needs more time than this many times what was asked for has a jump in it. */
const MOST_SLOWDOWN = 4;

/** A posture that swings: `phase` grows by 2 pi each period, `size` swells from 0 to 1 and back. */
export type Swing = (phase: number, size: number) => Pose;

/**
 * Draws a motion, one part after the other, as frames of nine joint angles. Each part starts where the last one ended,
 * at rest, and is slowed down as much as the robot's speed and acceleration limits ask for.
 */
export class Stage {
  readonly body: MotionBody;
  readonly rng: Rng;
  readonly frames: Float64Array[];
  /** Largest factor by which a part had to be slowed down. */
  slowdown = 1;

  constructor(body: MotionBody, rng: Rng) {
    this.body = body;
    this.rng = rng;
    this.frames = [Float64Array.from(body.default)];
    this.hold(0.2);
  }

  /** Moves to a pose in a minimum-jerk course. */
  move(seconds: number, pose: Pose): this {
    const from = this.#last();
    const to = this.body.solve(pose, from);
    return this.#record(seconds, (s) => from.map((value, i) => value + (to[i] - value) * minimumJerk(s)));
  }

  /** Stays. */
  hold(seconds: number): this {
    const pose = this.#last();
    return this.#record(seconds, () => pose);
  }

  /** Passes poses without stopping and comes to rest at the last one; each takes its own time from the one before. */
  through(...steps: readonly (readonly [seconds: number, pose: Pose])[]): this {
    const knots = [this.#last()];
    for (const [, pose] of steps) knots.push(this.body.solve(pose, knots[knots.length - 1]));
    return this.#pass(
      steps.map(([seconds]) => seconds),
      knots,
    );
  }

  /** Like `through`, with joint angles in place of poses. */
  throughAngles(seconds: number, knots: readonly Float64Array[]): this {
    return this.#pass(
      knots.map(() => seconds),
      [this.#last(), ...knots],
    );
  }

  /**
   * Moves to the middle of a swing and swings; hands follow their paths exactly.
   *
   * @param period seconds of one swing
   * @param lead seconds to get to the middle of it, the pose at phase 0 and size 0
   */
  swing(period: number, count: number, swing: Swing, lead = 1): this {
    const rest = swing(0, 0);
    const anchor = this.#last(); // the same for all frames, so that the first continues the lead
    this.move(lead, rest);
    const ease = Math.min(period, (period * count) / 2.5);
    let q = this.#last();
    return this.#record(period * count, (s) => {
      const t = s * period * count;
      q = this.body.follow(swing((2 * Math.PI * t) / period, swell(t, period * count, ease)), anchor, q);
      return q;
    });
  }

  /** Returns to the default pose and stays there a moment. */
  home(seconds = 1.2): this {
    return this.move(seconds, {}).hold(0.2);
  }

  #pass(seconds: readonly number[], knots: readonly Float64Array[]): this {
    const times = [0];
    for (const duration of seconds) times.push(times[times.length - 1] + duration);
    const total = times[times.length - 1];
    const velocities = knots.map((knot, k) =>
      k === 0 || k === knots.length - 1
        ? knot.map(() => 0)
        : knot.map((value, i) => passingSpeed(knots[k - 1][i], value, knots[k + 1][i], times, k)),
    );
    return this.#record(total, (s) => {
      const t = s * total;
      let k = 0;
      while (k < knots.length - 2 && t > times[k + 1]) k++;
      const duration = times[k + 1] - times[k];
      return knots[k].map((from, i) =>
        quintic(from, knots[k + 1][i], velocities[k][i], velocities[k + 1][i], duration, t - times[k]),
      );
    });
  }

  /** Appends a part given over s in (0, 1], stretched in time until it keeps the limits. */
  #record(seconds: number, at: (s: number) => Float64Array): this {
    let duration = seconds;
    for (let attempt = 0; attempt < 8; attempt++) {
      const count = Math.max(1, Math.floor(duration * MOTION_RATE_HZ + 0.5));
      const part = Array.from({ length: count }, (_, i) => this.#within(at((i + 1) / count)));
      const excess = this.#excess(part);
      if (excess <= 1) {
        this.slowdown = Math.max(this.slowdown, count / MOTION_RATE_HZ / seconds);
        this.frames.push(...part);
        return this;
      }
      duration *= 1.02 * excess;
      if (duration > MOST_SLOWDOWN * seconds) break;
    }
    throw new UsageError(
      `The part that starts at ${(this.frames.length / MOTION_RATE_HZ).toFixed(1)} s does not keep the speed limits.`,
      "Give it more time, or keep its hands away from places that the arm reaches by a jump.",
    );
  }

  /** By how much a part is too fast: 1 is just right. */
  #excess(part: readonly Float64Array[]): number {
    const last = this.#last();
    const frames = [this.frames[this.frames.length - 2] ?? last, last, ...part, part[part.length - 1]];
    let excess = 0;
    for (let f = 1; f < frames.length - 1; f++)
      for (let i = 0; i < frames[f].length; i++) {
        const speed = Math.abs(frames[f + 1][i] - frames[f][i]) * MOTION_RATE_HZ;
        const bend = frames[f + 1][i] - 2 * frames[f][i] + frames[f - 1][i];
        const acceleration = Math.abs(bend) * MOTION_RATE_HZ * MOTION_RATE_HZ;
        excess = Math.max(
          excess,
          speed / this.body.speed[i],
          Math.sqrt(acceleration / this.body.acceleration[i]),
        );
      }
    return excess;
  }

  #within(frame: Float64Array): Float64Array {
    const { low, high } = this.body;
    return frame.map((value, i) => Math.min(high[i], Math.max(low[i], value)));
  }

  #last(): Float64Array {
    return this.frames[this.frames.length - 1];
  }
}

/** Speed at a knot: the parabola through it and its neighbours, none where the course turns back. */
function passingSpeed(
  before: number,
  here: number,
  after: number,
  times: readonly number[],
  k: number,
): number {
  const d0 = times[k] - times[k - 1];
  const d1 = times[k + 1] - times[k];
  const v0 = (here - before) / d0;
  const v1 = (after - here) / d1;
  return v0 * v1 <= 0 ? 0 : (v0 * d1 + v1 * d0) / (d0 + d1);
}
