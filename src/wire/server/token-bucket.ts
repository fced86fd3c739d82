/** Lets so many things pass in a second, twice as many at once after a quiet time. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #lastNs: number;

  constructor(perSecond: number, nowNs: number) {
    this.#perSecond = perSecond;
    this.#tokens = 2 * perSecond;
    this.#lastNs = nowNs;
  }

  /** Whether one more may pass. */
  take(nowNs: number): boolean {
    const refill = ((nowNs - this.#lastNs) / 1e9) * this.#perSecond;
    this.#tokens = Math.min(2 * this.#perSecond, this.#tokens + refill);
    this.#lastNs = nowNs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
