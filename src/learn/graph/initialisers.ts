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

/** Orthonormal rows or columns, whichever are fewer, times `gain`, for a matrix (Saxe et al. 2014). */
export function orthogonalInitialiser(gain: number): Initialiser {
  return (out, shape, rng) => {
    const [rows = 1, columns = 1] = shape;
    const count = Math.min(rows, columns);
    const length = Math.max(rows, columns);
    const basis = orthonormalBasis(count, length, rng);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        out[i * columns + j] = gain * (rows <= columns ? basis[i][j] : basis[j][i]);
  };
}

/** `count` orthonormal vectors of a length, by Gram-Schmidt applied twice against rounding. */
function orthonormalBasis(count: number, length: number, rng: Rng): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const v = Float64Array.from({ length }, () => rng.normal());
    for (let pass = 0; pass < 2; pass++) for (const u of basis) subtractProjection(v, u);
    const norm = Math.sqrt(dot(v, v));
    basis.push(v.map((x) => x / norm));
  }
  return basis;
}

function subtractProjection(v: Float64Array, u: Float64Array): void {
  const along = dot(v, u);
  for (let i = 0; i < v.length; i++) v[i] -= along * u[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
