import { VlaMismatchError } from "../errors.ts";

/** Feature vectors, one per demonstration frame or candidate, row-major. */
export interface FeatureTable {
  /** [count, size] */
  readonly rows: Float32Array;
  readonly count: number;
  readonly size: number;
}

/** A table over an array, which is kept. Throws `VlaMismatchError` where the array holds no whole rows. */
export function featureTable(rows: Float32Array, size: number): FeatureTable {
  if (rows.length % size !== 0)
    throw new VlaMismatchError(
      `${rows.length} values are no rows of ${size} features.`,
      "Collect the features again with the model that uses them.",
    );
  return { rows, count: rows.length / size, size };
}

/** The rows at these indices, copied. */
export function rowsAt({ rows, size }: FeatureTable, indices: readonly number[]): FeatureTable {
  const picked = new Float32Array(indices.length * size);
  indices.forEach((index, i) => {
    picked.set(rows.subarray(index * size, (index + 1) * size), i * size);
  });
  return { rows: picked, count: indices.length, size };
}

/**
 * What the columns of a model's features count for: what it makes of a candidate as it is, and its outlook (what it makes
 * of the observation alone) so many times. 0 is the published feature.
 */
export function columnWeights(size: number, outlookWeight: number): Float32Array {
  return Float32Array.from({ length: size }, (_, j) => (j < size / 2 ? 1 : outlookWeight));
}

/** The table with its columns multiplied, copied. */
export function weighted({ rows, count, size }: FeatureTable, weights: Float32Array): FeatureTable {
  return { rows: rows.map((value, i) => value * weights[i % size]), count, size };
}
