import type { Rng } from "../../common/index.ts";

/**
 * Standard normal noise, one value for each action of each environment, that follows itself from step to step: noise that is
 * drawn afresh at every step averages out within a stride, so that longer or faster strides are hardly ever tried (Hollenstein
 * et al. 2024, "Colored Noise in PPO"). At each step the noise is as wide as without correlation.
 */
export class ExplorationNoise {
  /** [numEnvs, actionSize], row by row; overwritten by `advance`. */
  readonly values: Float64Array;
  readonly #correlation: number;
  readonly #fresh: number;
  readonly #actionSize: number;
  readonly #isFresh: Uint8Array;

  /** @param correlation of one step's noise with the next's, 0 to 1; 0: each step's is its own */
  constructor(numEnvs: number, actionSize: number, correlation: number) {
    this.values = new Float64Array(numEnvs * actionSize);
    this.#correlation = correlation;
    this.#fresh = Math.sqrt(1 - correlation ** 2);
    this.#actionSize = actionSize;
    this.#isFresh = new Uint8Array(numEnvs).fill(1);
  }

  advance(rng: Rng): void {
    const { values } = this;
    const size = this.#actionSize;
    for (let env = 0; env < this.#isFresh.length; env++) {
      const [kept, added] = this.#isFresh[env] ? [0, 1] : [this.#correlation, this.#fresh];
      for (let i = env * size; i < (env + 1) * size; i++) values[i] = kept * values[i] + added * rng.normal();
    }
    this.#isFresh.fill(0);
  }

  /** An environment's episode has ended: its next noise has no past. */
  forget(env: number): void {
    this.#isFresh[env] = 1;
  }

  forgetAll(): void {
    this.#isFresh.fill(1);
  }
}
