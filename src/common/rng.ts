import { cos, log } from "./portable-math.ts";

/** The whole state of an `Rng`, to store in a checkpoint and restore. */
export type RngState = readonly [number, number, number, number];

/**
 * A seeded random source (xoshiro128**, Blackman and Vigna 2018) whose every draw is bit-identical in all engines.
 * One owner each: fork a child per environment or purpose instead of sharing.
 */
export class Rng {
  readonly #s = new Uint32Array(4);

  constructor(seed: number) {
    let x = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      x = (x + 0x9e3779b9) >>> 0;
      this.#s[i] = mix(x);
    }
  }

  /**
   * An independent source, decided by this one's present state and the label, without drawing from this one. All 128
   * bits of the state are hashed anew, so that thousands of forks do not meet by chance.
   */
  fork(label: number | string): Rng {
    const child = new Rng(0);
    const text = String(label);
    for (let lane = 0; lane < 4; lane++) {
      let hash = mix(0x9e3779b9 * (lane + 1));
      for (const word of this.#s) hash = mix(hash ^ word);
      for (let i = 0; i < text.length; i++) hash = mix(Math.imul(hash, 0x01000193) ^ text.charCodeAt(i));
      child.#s[lane] = hash;
    }
    return child;
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const s = this.#s;
    const a = s[0];
    const b = s[1];
    const c = s[2] ^ a;
    const d = s[3] ^ b;
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    s[1] = b ^ c;
    s[0] = a ^ d;
    s[2] = c ^ (b << 9);
    s[3] = (d << 11) | (d >>> 21);
    return result;
  }

  /** A number in [low, high), one of 2^32 evenly spaced ones. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() * 2 ** -32);
  }

  /** An integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** One of the items, each equally likely. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(items.length)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list.");
    return item;
  }

  /** The items in random order. */
  shuffled<T>(items: Iterable<T>): T[] {
    const order = [...items];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** A draw from the normal distribution (Box-Muller; the second value is not kept, so that state stays four words). */
  normal(mean = 0, deviation = 1): number {
    const u = (this.uint32() + 1) * 2 ** -32;
    return mean + deviation * Math.sqrt(-2 * log(u)) * cos(2 * Math.PI * this.uniform());
  }

  get state(): RngState {
    const [a = 0, b = 0, c = 0, d = 0] = this.#s;
    return [a, b, c, d];
  }

  /** Throws `RangeError` for the one state that xoshiro cannot leave, four zeros. */
  set state(state: RngState) {
    if (state.every((word) => word >>> 0 === 0))
      throw new RangeError("A random state must not be all zeros.");
    this.#s.set(state);
  }
}

/** Murmur3's finaliser: spreads every input bit over the word. */
function mix(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
