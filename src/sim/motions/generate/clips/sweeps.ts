import { UsageError } from "../../../../common/index.ts";
import { bothSketch, type Sketch } from "../sketch.ts";
import type { Stage } from "../stage.ts";

/** How wild a random sweep is. */
interface SweepStyle {
  readonly name: string;
  /** Share of each joint's range, around the default pose, that poses are drawn from. */
  readonly spread: number;
  /** Greatest turn of the torso, rad. */
  readonly torso: number;
  /** Seconds between two poses. */
  readonly seconds: number;
  readonly poses: number;
  readonly copies: number;
  readonly isLarge: boolean;
}

const STYLES: readonly SweepStyle[] = [
  { name: "gentle", spread: 0.2, torso: 0.2, seconds: 1.6, poses: 6, copies: 3, isLarge: false },
  { name: "medium", spread: 0.4, torso: 0.45, seconds: 1.3, poses: 8, copies: 4, isLarge: false },
  { name: "large", spread: 0.75, torso: 0.8, seconds: 1.3, poses: 9, copies: 5, isLarge: true },
  { name: "fast", spread: 0.55, torso: 0.6, seconds: 0.75, poses: 14, copies: 3, isLarge: true },
];

/** Least distance between parts of the robot on a random way, m. */
const CLEARANCE = 0.03;
const TRIES = 400;

/** Random sweeps through poses anywhere in the joints' ranges, without stops, clear of the robot's own body. */
export const SWEEPS: readonly Sketch[] = STYLES.flatMap((style) =>
  Array.from({ length: style.copies }, (_, copy) =>
    bothSketch(
      `sweep_${style.name}_${copy + 1}`,
      `random sweep of all nine joints, ${style.name}`,
      style.isLarge ? ["torso", "random", "large"] : ["torso", "random"],
      (stage) => drawSweep(stage, style),
    ),
  ),
);

/** Draws sweeps until one is clear of the body all along. */
function drawSweep(stage: Stage, style: SweepStyle): Stage {
  const start = stage.frames.length;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const knots: Float64Array[] = [];
    for (let i = 0; i < style.poses; i++)
      knots.push(drawPose(stage, style, knots[i - 1] ?? stage.body.default));
    stage.throughAngles(style.seconds, knots).home(1.4);
    if (stage.frames.slice(start).every((frame) => clearance(stage, frame) >= CLEARANCE)) return stage;
    stage.frames.length = start;
  }
  throw new UsageError(`No ${style.name} sweep is clear of the robot's body.`, "Ask for less spread.");
}

/** A pose that is clear of the body, as is the straight way to it. */
function drawPose(stage: Stage, style: SweepStyle, from: Float64Array): Float64Array {
  const { body, rng } = stage;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const pose = body.default.map((value, i) => {
      if (i === 0) return rng.uniform(-style.torso, style.torso);
      const low = value + style.spread * (body.low[i] - value);
      const high = value + style.spread * (body.high[i] - value);
      return rng.uniform(low, high);
    });
    if (isClear(stage, from, pose)) return pose;
  }
  return body.default;
}

function isClear(stage: Stage, from: Float64Array, to: Float64Array): boolean {
  for (let s = 0; s <= 1; s += 0.1)
    if (
      clearance(
        stage,
        from.map((value, i) => value + s * (to[i] - value)),
      ) < CLEARANCE
    )
      return false;
  return true;
}

/** The smaller of the clearances at full and at half amplitude, m. */
function clearance({ body }: Stage, q: Float64Array): number {
  const half = q.map((value, i) => (value + body.default[i]) / 2);
  return Math.min(body.clearance(q), body.clearance(half));
}
