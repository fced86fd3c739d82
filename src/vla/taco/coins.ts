import { Rng } from "../../common/index.ts";

/**
 * The coins of sample `index`: fair draws from {-1, +1}, the same at every call. Coins of different samples, and of
 * different `seed`s, are independent.
 *
 * @param out written and returned; its length is the number of coins
 */
export function coinsOf(index: number, seed: number, out: Float32Array): Float32Array {
  const source = new Rng(seed).fork(index);
  let bits = 0;
  for (let j = 0; j < out.length; j++) {
    if (j % 32 === 0) bits = source.uint32();
    out[j] = bits & 1 ? 1 : -1;
    bits >>>= 1;
  }
  return out;
}
