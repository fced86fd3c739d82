/** A run of consecutive items, such as environments: rows `first` to `first + count - 1`. */
export interface Part {
  readonly first: number;
  readonly count: number;
}

/** The halves of so many; one alone cannot be parted. */
export function halves(count: number): Part[] {
  return shareOut({ first: 0, count }, Math.min(2, count));
}

/** A part in so many shares, as even as can be, each following the one before; some are empty where there are too many. */
export function shareOut({ first, count }: Part, shares: number): Part[] {
  const bounds = Array.from({ length: shares + 1 }, (_, k) => first + Math.floor((k * count) / shares));
  return bounds.slice(1).map((end, k) => ({ first: bounds[k], count: end - bounds[k] }));
}
