/** How far ahead advantages look. */
export interface GaeOptions {
  /** Discount per step. */
  readonly gamma: number;
  /** Decay of the estimate's memory: 0 trusts the values, 1 the rewards. */
  readonly lambda: number;
}

/**
 * Generalised advantage estimation (Schulman et al. 2016, eq. 16) for one or many environments side by side.
 *
 * @param rewards [time, numEnvs]; a cut-off episode's last reward already holds γ V of where it would have gone
 * @param values  [time + 1, numEnvs], the last row being where the rollout stops
 * @param ends    [time, numEnvs], true or 1 where an episode ends with the step
 * @param out     written and returned, [time, numEnvs]
 */
export function gae(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  ends: ArrayLike<number | boolean>,
  { gamma, lambda }: GaeOptions,
  out: Float32Array = new Float32Array(rewards.length),
): Float32Array {
  const numEnvs = values.length - rewards.length;
  for (let i = rewards.length - 1; i >= 0; i--) {
    const goesOn = ends[i] ? 0 : 1;
    const surprise = rewards[i] + gamma * goesOn * values[i + numEnvs] - values[i];
    const later = i + numEnvs < rewards.length ? out[i + numEnvs] : 0;
    out[i] = surprise + gamma * lambda * goesOn * later;
  }
  return out;
}

/** Shifts and scales to mean 0 and standard deviation 1, in place. */
export function standardise(values: Float32Array): void {
  const mean = meanOf(values, (value) => value);
  const scale = 1 / (Math.sqrt(meanOf(values, (value) => (value - mean) ** 2)) + 1e-8);
  for (let i = 0; i < values.length; i++) values[i] = (values[i] - mean) * scale;
}

/** Mean absolute deviations in a standard deviation of a normal distribution. */
const NORMAL = Math.sqrt(Math.PI / 2);

/**
 * Brings values further from the mean than so many standard deviations back to there, in place. The deviation is judged by
 * the mean absolute one, which the few values far out hardly move.
 */
export function limitOutliers(values: Float32Array, limit: number): void {
  const mean = meanOf(values, (value) => value);
  const reach = limit * NORMAL * meanOf(values, (value) => Math.abs(value - mean));
  for (let i = 0; i < values.length; i++)
    values[i] = Math.min(mean + reach, Math.max(mean - reach, values[i]));
}

function meanOf(values: Float32Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}
