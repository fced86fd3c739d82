import { mean, type Rng } from "../../common/index.ts";
import {
  add,
  encodeModel,
  Graph,
  InferenceSession,
  matmul,
  mul,
  type Node,
  type SessionOptions,
  square,
  sum,
  transpose,
} from "../../learn/index.ts";
import { coinsOf } from "./coins.ts";
import { cholesky, solvePositiveDefinite } from "./dense-matrix.ts";
import { type FeatureTable, rowsAt } from "./feature-table.ts";
import type { FourierConfig } from "./fourier-config.ts";
import { neighbourDistances } from "./neighbours.ts";
import { featureInput, type ScorerOrigin, writeScorer } from "./scorer-file.ts";

/**
 * A coin flip network with one hidden layer of random Fourier features (Rahimi and Recht 2007), φ(x) = √(2/n) cos(xR + b).
 * φ(x)·φ(y) falls with the distance like exp(-|x - y|² / 2h²), so the fit is local from the beginning, where a
 * network that descends by gradients first learns what varies slowly.
 */
export interface FourierCounter {
  /** R, [featureSize, waves], and b, [waves]; never trained. */
  readonly projection: Float32Array;
  readonly phases: Float32Array;
  /** The output layer, [waves, outputs], over the root of the number of coins: |φW|² estimates 1 / count. */
  readonly weights: Float32Array;
  /** h, in units of the weighted features. */
  readonly width: number;
}

const BATCH = 2048;
/** The usual distance to the neighbours is that of this many rows among this many others. */
const PROBES = 512;
const BANK = 8192;
const NEIGHBOURS = 10;
/** Times the number of samples, on the diagonal: keeps a Gram matrix summed in single precision decomposable. */
const JITTER = 1e-7;

/**
 * Fits a counter to a table in closed form: W = (ΦᵀΦ + λI)⁻¹ ΦᵀC / √d, with the d coins C of all samples. With ever more
 * coins CCᵀ / d becomes the identity, and |φW|² its expectation: then L stands for ΦᵀC / √d, where LLᵀ = ΦᵀΦ.
 * Everything random follows from `rng`. What is left over of a whole number of batches is left out.
 */
export async function fitFourierCounter(
  features: FeatureTable,
  config: FourierConfig,
  rng: Rng,
  options: SessionOptions = {},
): Promise<FourierCounter> {
  const width = config.bandwidth * (await usualDistance(features, rng.fork("distance"), options));
  const { projection, phases } = randomWaves(features.size, config.waves, width, rng.fork("waves"));
  const { gram, sums } = await moments(features, config, { projection, phases }, rng, options);
  const { waves, coins, ridge } = config;
  // |φ|² is 1 in the mean, so that the trace is about the number of samples.
  const right = coins === 0 ? cholesky(withDiagonal(gram, waves, JITTER * features.count), waves) : sums;
  const solved = solvePositiveDefinite(withDiagonal(gram, waves, ridge), right, waves);
  const scale = 1 / Math.sqrt(Math.max(1, coins));
  return { projection, phases, weights: Float32Array.from(solved, (w) => w * scale), width };
}

/** The ONNX scorer of a counter: input `features` [candidates, featureSize], output `score` [candidates], low where known. */
export function fourierScorer(
  counter: FourierCounter,
  config: FourierConfig,
  featureSize: number,
  origin: ScorerOrigin,
): Uint8Array {
  const graph = new Graph();
  const waves = wavesOf(featureInput(graph, featureSize, origin), counter);
  const outputs = counter.weights.length / config.waves;
  const output = matmul(waves, graph.constant(counter.weights, [config.waves, outputs]));
  graph.output("score", sum(square(output), [-1]));
  const described = { ...config, hidden: "fourier", width: counter.width };
  return writeScorer(graph, { kind: "coin-flip", featureSize, config: described }, origin);
}

type Waves = Pick<FourierCounter, "projection" | "phases">;

function randomWaves(size: number, count: number, width: number, rng: Rng): Waves {
  const projection = Float32Array.from({ length: size * count }, () => rng.normal() / width);
  const phases = Float32Array.from({ length: count }, () => rng.uniform(0, 2 * Math.PI));
  return { projection, phases };
}

/** φ(x), [batch, waves], of features [batch, featureSize]. */
function wavesOf(features: Node, { projection, phases }: Waves): Node {
  const { graph } = features;
  const count = phases.length;
  const size = features.shape.at(-1) as number;
  const angle = add(matmul(features, graph.constant(projection, [size, count])), graph.constant(phases));
  const [cosine] = graph.apply("Cos", [angle], [{ shape: angle.shape }]);
  return mul(cosine, Math.sqrt(2 / count));
}

/** The mean distance of some rows to their nearest others. */
async function usualDistance(features: FeatureTable, rng: Rng, options: SessionOptions): Promise<number> {
  const order = rng.shuffled(Array(features.count).keys());
  const probes = Math.min(PROBES, Math.ceil(features.count / 2));
  const bank = rowsAt(features, order.slice(probes, probes + BANK));
  const distances = await neighbourDistances(
    rowsAt(features, order.slice(0, probes)),
    bank,
    NEIGHBOURS,
    options,
  );
  return mean(distances);
}

/** ΦᵀΦ [waves, waves] and ΦᵀC [waves, coins], added up in double precision. */
async function moments(
  features: FeatureTable,
  { waves, coins }: FourierConfig,
  layer: Waves,
  rng: Rng,
  options: SessionOptions,
): Promise<{ gram: Float64Array; sums: Float64Array }> {
  const { rows, size } = features;
  const batch = Math.min(BATCH, features.count);
  const graph = new Graph();
  const hidden = wavesOf(graph.input("features", [batch, size]), layer);
  graph.output("gram", matmul(transpose(hidden), hidden));
  if (coins > 0) graph.output("sums", matmul(transpose(hidden), graph.input("coins", [batch, coins])));
  using session = await InferenceSession.load(encodeModel(graph.model("moments")), options);
  const [gram, sums] = [new Float64Array(waves * waves), new Float64Array(waves * coins)];
  const flips = new Float32Array(batch * coins);
  const seed = rng.fork("coins").uint32();
  for (let from = 0; from + batch <= features.count; from += batch) {
    for (let i = 0; i < batch; i++) coinsOf(from + i, seed, flips.subarray(i * coins, (i + 1) * coins));
    const data = rows.subarray(from * size, (from + batch) * size);
    const result = await session.run({
      features: { type: "float32", dims: [batch, size], data },
      ...(coins > 0 ? { coins: { type: "float32" as const, dims: [batch, coins], data: flips } } : {}),
    });
    accumulate(gram, result.gram.data as Float32Array);
    if (coins > 0) accumulate(sums, result.sums.data as Float32Array);
  }
  return { gram, sums };
}

function withDiagonal(matrix: Float64Array, size: number, value: number): Float64Array {
  return matrix.map((x, i) => (i % (size + 1) === 0 ? x + value : x));
}

function accumulate(total: Float64Array, part: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i] += part[i];
}
