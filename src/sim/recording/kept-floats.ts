/** Remembers numbers to notice when they change, by a single bit. */
export class KeptFloats {
  #kept: Float64Array | undefined;

  /** @param initial what is known already; without it the first `take` finds a change */
  constructor(initial?: Float64Array) {
    this.#kept = initial?.slice();
  }

  /** Keeps a copy of these numbers and tells whether they differ from the ones before. */
  take(values: Float64Array): boolean {
    if (this.#kept?.length !== values.length) {
      this.#kept = values.slice();
      return true;
    }
    const isSame = values.every((value, i) => Object.is(value, this.#kept?.[i]));
    if (!isSame) this.#kept.set(values);
    return !isSame;
  }
}

/** Indices at which two arrays of one length differ; -0 and 0 do. */
export function changedEntries(before: Float64Array, after: Float64Array): number[] {
  const at: number[] = [];
  for (let i = 0; i < after.length; i++) if (!Object.is(before[i], after[i])) at.push(i);
  return at;
}
