import { mean, quantile, type Rng } from "../../common/index.ts";

/** A mean with the interval that resampling gives. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const DRAWS = 2000;

/**
 * The mean over groups of values and its 95 % interval by drawing values anew within each group (a percentile bootstrap).
 * Give one value per scene, averaged over whatever was run on it more than once, and one group per task.
 */
export function bootstrapMean(groups: readonly (readonly number[])[], rng: Rng): Interval {
  const means = Array.from({ length: DRAWS }, () =>
    mean(groups.map((group) => mean(group.map(() => group[rng.integer(group.length)])))),
  );
  return { mean: mean(groups.map(mean)), low: quantile(means, 0.025), high: quantile(means, 0.975) };
}
