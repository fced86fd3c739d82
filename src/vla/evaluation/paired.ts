/** Outcomes of two arms on the same scenes. */
export interface Pairing {
  /** Scenes that the first arm alone solved, and the second alone. */
  readonly wins: number;
  readonly losses: number;
  /** Two-sided p of McNemar's exact test: how likely so lopsided a split is if both arms are equally good. */
  readonly p: number;
}

/** Compares two arms scene by scene. Throws `RangeError` for lists of different length. */
export function comparePaired(first: readonly boolean[], second: readonly boolean[]): Pairing {
  if (first.length !== second.length) throw new RangeError("Paired arms have the same scenes.");
  let [wins, losses] = [0, 0];
  first.forEach((success, i) => {
    if (success && !second[i]) wins++;
    if (!success && second[i]) losses++;
  });
  return { wins, losses, p: mcnemarExact(wins, losses) };
}

/** Two-sided p of McNemar's exact test: twice the binomial tail of the smaller count, at most 1. */
export function mcnemarExact(wins: number, losses: number): number {
  const n = wins + losses;
  let term = 0.5 ** n; // of 0 successes; n stays below a thousand, where this is no subnormal
  let tail = 0;
  for (let k = 0; k <= Math.min(wins, losses); k++) {
    tail += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** p values corrected for their number by Holm's step-down rule, in the order given. */
export function holm(p: readonly number[]): number[] {
  const order = [...p.keys()].sort((a, b) => p[a] - p[b]);
  const adjusted = Array<number>(p.length);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (p.length - rank) * p[index]));
    adjusted[index] = least;
  });
  return adjusted;
}
