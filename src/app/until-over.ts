/** Longest time that a timer takes, ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** Until when a server or a robot runs. */
export interface Stay {
  /** Ctrl-C; may have come already. */
  readonly signal: AbortSignal;
  /** Longest duration, s; undefined for no end. Beyond 24 days there is none either. */
  readonly seconds: number | undefined;
}

/**
 * Waits for Ctrl-C, for the end of the time, or for something else that ends it, and leaves neither timer nor listener
 * behind, so that the process can end. Rejects with what `ended` rejects with.
 */
export async function untilOver(
  { signal, seconds = Infinity }: Stay,
  ended?: Promise<unknown>,
): Promise<void> {
  if (signal.aborted) return;
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const own = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true, signal: over.signal });
    if (1000 * seconds <= LONGEST_MS) timer = setTimeout(resolve, 1000 * seconds);
  });
  try {
    await (ended === undefined ? own : Promise.race([own, ended]));
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
