import type { Rng } from "../../common/index.ts";
import {
  add,
  attribute,
  encodeModel,
  Graph,
  InferenceSession,
  matmul,
  max,
  mean,
  mul,
  type Node,
  type SessionOptions,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from "../../learn/index.ts";
import { type FeatureTable, rowsAt } from "./feature-table.ts";
import { featureInput, type ScorerOrigin, writeScorer } from "./scorer-file.ts";

export interface NeighbourOptions {
  /** Nearest rows that count. */
  readonly neighbours: number;
  /** Rows kept of a larger table, drawn at random. */
  readonly capacity: number;
}

/** The ONNX scorer by nearest neighbours: mean Euclidean distance to the closest feature vectors of the demonstrations. */
export function neighbourScorer(
  features: FeatureTable,
  { neighbours, capacity }: NeighbourOptions,
  rng: Rng,
  origin: ScorerOrigin,
): Uint8Array {
  const kept = features.count <= capacity ? features : rowsAt(features, drawn(features.count, capacity, rng));
  const nearest = Math.min(neighbours, kept.count);
  const graph = new Graph();
  const x = featureInput(graph, kept.size, origin);
  graph.output("score", meanDistance(x, kept, nearest));
  const config = { neighbours: nearest, rows: kept.count };
  return writeScorer(graph, { kind: "neighbours", featureSize: kept.size, config }, origin);
}

/** The mean Euclidean distance of each row to the nearest so many rows of a bank, [count]. */
export async function neighbourDistances(
  rows: FeatureTable,
  bank: FeatureTable,
  neighbours: number,
  options: SessionOptions = {},
): Promise<Float32Array> {
  const graph = new Graph();
  const x = graph.input("features", ["candidates", rows.size]);
  graph.output("score", meanDistance(x, bank, Math.min(neighbours, bank.count)));
  using session = await InferenceSession.load(encodeModel(graph.model("distances")), options);
  const features = { type: "float32" as const, dims: [rows.count, rows.size], data: rows.rows };
  return (await session.run({ features })).score.data as Float32Array;
}

function meanDistance(x: Node, { rows, count, size }: FeatureTable, nearest: number): Node {
  const { graph } = x;
  const squared = squaredDistances(x, graph.constant(rows, [count, size]));
  const [closest] = graph.apply(
    "TopK",
    [squared, graph.integers([nearest])],
    [{ shape: ["candidates", nearest] }, { shape: ["candidates", nearest], type: "int64" }],
    { attributes: { axis: attribute.int(-1), largest: attribute.int(0) } },
  );
  return mean(sqrt(max(closest, 0)), [-1]);
}

/** |x|² - 2 x·b + |b|² for every pair. */
function squaredDistances(x: Node, bank: Node): Node {
  const lengths = sum(square(x), [-1], true);
  const bankLengths = transpose(sum(square(bank), [-1], true));
  return add(sub(lengths, mul(matmul(x, transpose(bank)), 2)), bankLengths);
}

function drawn(count: number, capacity: number, rng: Rng): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < capacity; i++) {
    const j = i + rng.integer(count - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.slice(0, capacity);
}
