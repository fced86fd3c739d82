import type { Rng } from "../../common/index.ts";

/** Fills the array of one parameter with its first values. */
export type Initialiser = (out: Float32Array | Float64Array, shape: readonly number[], rng: Rng) => void;

/** The same value everywhere. */
export function constantInitialiser(value: number): Initialiser {
  return (out) => {
    out.fill(value);
  };
}

/** Uniform in ±1/√fanIn: what PyTorch does for the weights and biases of linear layers and LSTMs. */
export function uniformInitialiser(fanIn: number): Initialiser {
  const bound = 1 / Math.sqrt(fanIn);
  return (out, _, rng) => {
    for (let i = 0; i < out.length; i++) out[i] = rng.uniform(-bound, bound);
  };
}

/** Uniform in ±√(6 / (inputs + outputs)), for a matrix [inputs, outputs] (Glorot and Bengio 2010, eq. 16). */
export function xavierInitialiser(): Initialiser {
  return (out, shape, rng) => {
    const [inputs = 1, outputs = 1] = shape;
    const bound = Math.sqrt(6 / (inputs + outputs));
    for (let i = 0; i < out.length; i++) out[i] = rng.uniform(-bound, bound);
  };
}

/** Normal with the given standard deviation, around 0. */
export function normalInitialiser(deviation: number): Initialiser {
  return (out, _, rng) => {
    for (let i = 0; i < out.length; i++) out[i] = rng.normal(0, deviation);
  };
}
