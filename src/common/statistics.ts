/**
 * Wilson's interval for a proportion: honest at 0 and 100 %, unlike the normal approximation.
 *
 * @param successes how many of `trials` succeeded
 * @param z width in standard deviations; 1.96 covers 95 %
 * @returns [0, 1] where there were no trials
 * @throws RangeError unless 0 <= successes <= trials
 */
export function wilsonInterval(successes: number, trials: number, z = 1.96): { low: number; high: number } {
  if (!(successes >= 0 && successes <= trials))
    throw new RangeError(`${successes} successes in ${trials} trials are not possible.`);
  if (trials === 0) return { low: 0, high: 1 };
  const p = successes / trials;
  const z2 = z * z;
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (z * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** The value below which a share `q` (0 to 1) of the sample lies, interpolated; NaN for an empty sample. */
export function quantile(sample: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(sample).sort();
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Arithmetic mean; NaN for an empty sample. */
export function mean(sample: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < sample.length; i++) sum += sample[i];
  return sum / sample.length;
}
