/** Lets so many things pass in a second, and a burst at once after a quiet time. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #lastNs: number;

  constructor(perSecond: number, burst: number, nowNs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#lastNs = nowNs;
  }

  /** Whether one more may pass. */
  take(nowNs: number): boolean {
    const refill = ((nowNs - this.#lastNs) / 1e9) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#lastNs = nowNs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
