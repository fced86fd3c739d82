import { NotFiniteError } from "../errors.ts";

/** a · b of two square matrices, row-major. */
export function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const c = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k];
      for (let j = 0; j < size; j++) c[i * size + j] += factor * b[k * size + j];
    }
  return c;
}

/** The inverse of a symmetric positive definite matrix. Throws `NotFiniteError` for others. */
export function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array {
  const identity = new Float64Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  return solvePositiveDefinite(matrix, identity, size);
}

/**
 * X in A X = B for a symmetric positive definite A, by Cholesky's decomposition. Throws `NotFiniteError` for others.
 *
 * @param right B, [size, columns], not changed
 */
export function solvePositiveDefinite(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const lower = cholesky(matrix, size);
  const columns = right.length / size;
  const x = right.slice();
  const subtract = (from: number, what: number, factor: number): void => {
    for (let c = 0; c < columns; c++) x[from * columns + c] -= factor * x[what * columns + c];
  };
  const scale = (row: number): void => {
    for (let c = 0; c < columns; c++) x[row * columns + c] /= lower[row * size + row];
  };
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, lower[i * size + k]);
    scale(i);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) subtract(i, k, lower[k * size + i]);
    scale(i);
  }
  return x;
}

/** The lower triangle L with LLᵀ = A. Throws `NotFiniteError` where A is not symmetric positive definite. */
export function cholesky(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j];
      for (let k = 0; k < j; k++) rest -= lower[i * size + k] * lower[j * size + k];
      if (i === j && !(rest > 0))
        throw new NotFiniteError(
          "The features' Gram matrix cannot be inverted.",
          "Use a larger ridge, and check that all features are finite.",
        );
      lower[i * size + j] = i === j ? Math.sqrt(rest) : rest / lower[j * size + j];
    }
  return lower;
}
