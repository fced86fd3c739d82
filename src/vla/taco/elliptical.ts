import { Graph, matmul, mul, sum } from "../../learn/index.ts";
import { invertPositiveDefinite, product } from "./dense-matrix.ts";
import type { FeatureTable } from "./feature-table.ts";
import { featureInput, type ScorerOrigin, writeScorer } from "./scorer-file.ts";

/**
 * The matrix A of the elliptical score φᵀAφ: A = (G + λI)⁻¹ G (G + λI)⁻¹ with G = Σφφᵀ over the table. It is what a linear
 * counter's E|f(φ)|²/d is in closed form, so 1 / score is its pseudo-count.
 *
 * @param ridge λ as a share of the mean of G's diagonal
 * @returns [size, size], row-major
 */
export function ellipticalMatrix({ rows, count, size }: FeatureTable, ridge: number): Float64Array {
  const gram = new Float64Array(size * size);
  for (let r = 0; r < count; r++) {
    const at = r * size;
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) gram[i * size + j] += rows[at + i] * rows[at + j];
  }
  let trace = 0;
  for (let i = 0; i < size; i++) {
    trace += gram[i * size + i];
    for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j];
  }
  const lambda = (ridge * trace) / size;
  const damped = gram.slice();
  for (let i = 0; i < size; i++) damped[i * size + i] += lambda;
  const inverse = invertPositiveDefinite(damped, size);
  return product(product(inverse, gram, size), inverse, size);
}

/** φᵀAφ for each row. */
export function ellipticalScores(matrix: Float64Array, { rows, count, size }: FeatureTable): Float64Array {
  const scores = new Float64Array(count);
  for (let r = 0; r < count; r++)
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += matrix[i * size + j] * rows[r * size + j];
      scores[r] += rows[r * size + i] * sum;
    }
  return scores;
}

/** The ONNX scorer of `ellipticalMatrix`: no training, no seed. */
export function ellipticalScorer(features: FeatureTable, ridge: number, origin: ScorerOrigin): Uint8Array {
  const { size } = features;
  const graph = new Graph();
  const x = featureInput(graph, size, origin);
  const matrix = graph.constant(Float32Array.from(ellipticalMatrix(features, ridge)), [size, size]);
  graph.output("score", sum(mul(matmul(x, matrix), x), [-1]));
  return writeScorer(graph, { kind: "elliptical", featureSize: size, config: { ridge } }, origin);
}
