/** Follows work that takes many rounds of collecting. */
export interface RoundsWatch {
  /** Hears after each round how many are done. */
  readonly onRound?: (done: number) => void;
  /** Ends the work after the round under way. */
  readonly signal?: AbortSignal;
}

/** Does work again and again until all rounds are done or the watch ends it, and tells the watch after each. */
export async function inRounds(
  rounds: number,
  { onRound, signal }: RoundsWatch,
  work: () => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds && !signal?.aborted; round++) {
    await work();
    onRound?.(round + 1);
  }
}
