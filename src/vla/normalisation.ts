import { quantile } from "../common/index.ts";
import type { RobotSpec } from "../sim/index.ts";
import { VlaMismatchError } from "./errors.ts";
import type { ActionDim, Statistics, VlaSpec } from "./vla-spec.ts";

/** Least deviation that is divided by: a dimension that hardly moved in training must not be blown up. */
const MIN_STD = 1e-3;

/**
 * Moments and 1 % and 99 % quantiles of each column.
 *
 * @param rows [count, size]
 */
export function statisticsOf(rows: Float32Array, size: number): Statistics {
  const count = rows.length / size;
  const columns = Array.from({ length: size }, (_, j) =>
    Float64Array.from({ length: count }, (_, i) => rows[i * size + j]),
  );
  const mean = columns.map((column) => column.reduce((sum, x) => sum + x, 0) / count);
  const std = columns.map((column, j) =>
    Math.sqrt(column.reduce((sum, x) => sum + (x - mean[j]) ** 2, 0) / count),
  );
  return {
    count,
    mean,
    std,
    q01: columns.map((column) => quantile(column, 0.01)),
    q99: columns.map((column) => quantile(column, 0.99)),
  };
}

/** (x - mean) / std of each value of rows of the statistics' length. @param out written and returned; may be `values` */
export function normalise(
  values: ArrayLike<number>,
  { mean, std }: Statistics,
  out: Float32Array,
): Float32Array {
  const size = mean.length;
  for (let i = 0; i < values.length; i++) {
    const j = i % size;
    out[i] = (values[i] - mean[j]) / Math.max(std[j], MIN_STD);
  }
  return out;
}

/** The inverse of `normalise`, unclipped: limits are the robot's business. @param out written and returned */
export function unnormalise(
  values: ArrayLike<number>,
  { mean, std }: Statistics,
  out: Float32Array,
): Float32Array {
  const size = mean.length;
  for (let i = 0; i < values.length; i++) {
    const j = i % size;
    out[i] = values[i] * Math.max(std[j], MIN_STD) + mean[j];
  }
  return out;
}

/**
 * Turns chunks in robot units into what the network predicts before normalisation, or back: dimensions that are relative
 * lose, or regain, the proprioception value at the time of planning.
 *
 * @param chunks [.., actions], changed in place
 * @param sign   -1 to make relative, +1 to make absolute
 */
export function rebase(
  chunks: Float32Array,
  actions: readonly ActionDim[],
  proprioception: ArrayLike<number>,
  sign: -1 | 1,
): Float32Array {
  for (let j = 0; j < actions.length; j++) {
    const { relativeTo } = actions[j];
    if (relativeTo === undefined) continue;
    const offset = sign * proprioception[relativeTo];
    for (let i = j; i < chunks.length; i += actions.length) chunks[i] += offset;
  }
  return chunks;
}

/** The share of values outside the 1 % to 99 % range of training: near 0.02 where the robot sees what it was trained on. */
export function outsideShare(values: ArrayLike<number>, { q01, q99 }: Statistics): number {
  let outside = 0;
  for (let i = 0; i < values.length; i++) {
    const j = i % q01.length;
    if (!(values[i] >= q01[j] && values[i] <= q99[j])) outside++;
  }
  return outside / values.length;
}

/** How far training targets may lie beyond a joint's range, rad: motors were driven against their stops. */
const RANGE_SLACK = 0.2;

/**
 * Throws `VlaMismatchError` unless the robot has every joint that the model commands, and its range holds what the model
 * was trained to ask of it. Dimensions that are relative are judged by their mean alone.
 */
export function checkAgainstRobot(spec: VlaSpec, robot: Pick<RobotSpec, "name" | "joints">): void {
  const { actions: statistics } = spec.normalisation;
  spec.actions.forEach(({ name, kind, relativeTo }, j) => {
    if (kind !== "joint") return;
    const joint = robot.joints.find((candidate) => candidate.name === name);
    if (joint === undefined)
      throw new VlaMismatchError(
        `The model commands "${name}", which ${robot.name} does not have.`,
        `Use a model for ${robot.name}: this one is for ${spec.robot}.`,
      );
    if (relativeTo !== undefined) return;
    const [low, high] = joint.range;
    if (statistics.q01[j] >= low - RANGE_SLACK && statistics.q99[j] <= high + RANGE_SLACK) return;
    throw new VlaMismatchError(
      `The model was trained to command "${name}" from ${statistics.q01[j].toFixed(2)} to ${statistics.q99[j].toFixed(2)} rad, but the joint goes from ${low.toFixed(2)} to ${high.toFixed(2)}.`,
      "Its statistics belong to another robot, other units or another joint order: export the model again.",
    );
  });
}
