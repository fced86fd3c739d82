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

/** The inverse of a symmetric positive definite matrix by Cholesky's decomposition. Throws `NotFiniteError` for others. */
export function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array {
  const lower = cholesky(matrix, size);
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    column.fill(0);
    column[c] = 1;
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) column[i] -= lower[i * size + k] * column[k];
      column[i] /= lower[i * size + i];
    }
    for (let i = size - 1; i >= 0; i--) {
      for (let k = i + 1; k < size; k++) column[i] -= lower[k * size + i] * column[k];
      column[i] /= lower[i * size + i];
    }
    for (let i = 0; i < size; i++) inverse[i * size + c] = column[i];
  }
  return inverse;
}

function cholesky(matrix: Float64Array, size: number): Float64Array {
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
