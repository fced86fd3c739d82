import { Rng } from "../common/index.ts";

/** Where the noise of candidates comes from. */
export interface NoiseSource {
  /** `count` rows of `size` standard normal values; kept and overwritten by the next call, unless it is fixed. */
  draw(count: number, size: number): Float32Array;
}

/**
 * The same noise at every decision: row i depends on the seed and on i alone, so that the first candidate of sixteen is
 * the single sample, and the first sixteen of fifty are the sixteen.
 */
export class FixedNoise implements NoiseSource {
  readonly #seed: number;
  #size = 0;
  #rows = new Float32Array(0);

  constructor(seed: number) {
    this.#seed = seed;
  }

  draw(count: number, size: number): Float32Array {
    if (size !== this.#size || this.#rows.length < count * size) {
      this.#rows = new Float32Array(count * size);
      for (let i = 0; i < count; i++) fillNormal(this.#rows, i * size, size, new Rng(this.#seed).fork(i));
      this.#size = size;
    }
    return this.#rows.subarray(0, count * size);
  }
}

/** New noise at every decision; like `FixedNoise`, a decision's row i does not depend on how many rows are drawn. */
export class FreshNoise implements NoiseSource {
  readonly #rng: Rng;
  #rows = new Float32Array(0);

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  draw(count: number, size: number): Float32Array {
    if (this.#rows.length < count * size) this.#rows = new Float32Array(count * size);
    const decision = new Rng(this.#rng.uint32());
    for (let i = 0; i < count; i++) fillNormal(this.#rows, i * size, size, decision.fork(i));
    return this.#rows.subarray(0, count * size);
  }
}

function fillNormal(out: Float32Array, from: number, length: number, rng: Rng): void {
  for (let i = from; i < from + length; i++) out[i] = rng.normal();
}
