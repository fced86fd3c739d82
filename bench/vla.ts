import type { BenchResult } from "../src/app/commands/bench.ts";
import { quantile, Rng } from "../src/common/index.ts";
import { encodeModel, InferenceSession, type ParameterLayout, type TensorValue } from "../src/learn/index.ts";
import { DEFAULT_CAMERAS, manipulationRobot, PROPRIOCEPTION_NAMES } from "../src/sim/index.ts";
import {
  FeatureScorer,
  FourierConfig,
  fourierScorer,
  noiseSize,
  SmallVla,
  type VlaObservation,
  type VlaSpec,
  VlaTraining,
} from "../src/vla/index.ts";
import { prefixGraph, samplingGraph, writeVla } from "../src/vla/small/export.ts";
import { shapeOf } from "../src/vla/small/network.ts";
import { featureSizeOf } from "../src/vla/small/network-shape.ts";
import { tokenize } from "../src/vla/small/tokenizer.ts";
import { networkLayout } from "../src/vla/small/training-graph.ts";
import { benchResult } from "./bench-result.ts";

const COUNTS = [1, 4, 16, 50];
const ROUNDS = 60;
const ACTIONS = 11;

type Decide = () => Promise<Float32Array>;

/**
 * How long a decision of the small VLA takes at its default size, from pictures to scores, on one thread: the prefix once
 * for all candidates, against the prefix copied for each. Weights are random, which time does not depend on. Both ways
 * must give the same features first. Then TACO's decision against that of a single sample.
 */
export async function benchVla(): Promise<BenchResult> {
  const spec = defaultSpec();
  const layout = networkLayout(spec);
  const weights = layout.initial(new Rng(1));
  using model = await SmallVla.load(writeVla(spec, layout, weights));
  using scorer = await FeatureScorer.load(randomScorer(spec.featureSize));
  const rows: BenchResult["results"][number][] = [];
  const single = await shared(model, undefined, 1);
  for (const count of COUNTS) {
    const together = await shared(model, scorer, count);
    using copies = await replicated(spec, layout, weights, scorer, count);
    requireEqual(await together(), await copies.decide());
    const [ours, theirs, alone] = await inTurns([together, copies.decide, single]);
    rows.push(
      row(`${count} candidates, prefix shared against copied`, ours, theirs),
      row(`${count} candidates with TACO against a single sample`, ours, alone),
    );
  }
  return benchResult("vla", rows);
}

function row(metric: string, value: number, baseline: number): BenchResult["results"][number] {
  return { metric, value, unit: "ms", baseline, ratio: value / baseline };
}

/** Median durations, ms, measured in turns after a warm-up. */
async function inTurns(ways: readonly Decide[]): Promise<number[]> {
  const times = ways.map(() => [] as number[]);
  for (let round = -10; round < ROUNDS; round++)
    for (const [i, decide] of ways.entries()) {
      const begun = performance.now();
      await decide();
      if (round >= 0) times[i].push(performance.now() - begun);
    }
  return times.map((list) => quantile(list, 0.5));
}

async function shared(model: SmallVla, scorer: FeatureScorer | undefined, count: number): Promise<Decide> {
  const noise = noiseOf(count * noiseSize(model.spec));
  return async () => {
    const context = await model.encode(OBSERVATION);
    const { features } = await context.sample(noise);
    await scorer?.score(features);
    return features;
  };
}

/** What TACO's published evaluators do: the observation copied for each candidate, as a batch. */
async function replicated(
  spec: VlaSpec,
  layout: ParameterLayout,
  weights: Float32Array,
  scorer: FeatureScorer,
  count: number,
): Promise<{ decide: Decide } & Disposable> {
  const prefix = await InferenceSession.load(encodeModel(prefixGraph(spec, layout, weights).model()));
  const { denoisingSteps } = VlaTraining.parse({});
  const graph = samplingGraph(spec, layout, weights, denoisingSteps, "replicated");
  const sampler = await InferenceSession.load(encodeModel(graph.model()));
  const chunk = floats([count, 1, spec.chunkHorizon, ACTIONS], noiseOf(count * noiseSize(spec)));
  const inputs = copiedInputs(spec, count);
  return {
    decide: async () => {
      const { hidden, outlook } = await sampler.run({ ...(await prefix.run(inputs)), chunk });
      const features = joined(hidden.data as Float32Array, outlook.data as Float32Array);
      await scorer.score(features);
      return features;
    },
    [Symbol.dispose]() {
      prefix[Symbol.dispose]();
      sampler[Symbol.dispose]();
    },
  };
}

/** Features as the model gives them: each candidate's hidden layer (one token a chunk at the default size), and the outlook. */
function joined(hidden: Float32Array, outlook: Float32Array): Float32Array {
  const size = outlook.length;
  const features = new Float32Array(2 * hidden.length);
  for (let i = 0; i * size < hidden.length; i++) {
    features.set(hidden.subarray(i * size, (i + 1) * size), 2 * i * size);
    features.set(outlook, (2 * i + 1) * size);
  }
  return features;
}

function copiedInputs(spec: VlaSpec, count: number): Record<string, TensorValue> {
  const { textTokens, textPieces } = shapeOf(spec);
  const words = tokenize(OBSERVATION.instruction, shapeOf(spec), new Int32Array(textTokens * textPieces));
  const images = spec.cameras.map(({ name, width, height }): [string, TensorValue] => [
    `image_${name}`,
    {
      type: "uint8",
      dims: [count, height, width, 3],
      data: Uint8Array.from(
        { length: 3 * width * height * count },
        (_, i) => rgbOf(name)[i % (3 * width * height)],
      ),
    },
  ]);
  const own = Float32Array.from(OBSERVATION.proprioception);
  return {
    ...Object.fromEntries(images),
    tokens: {
      type: "int32",
      dims: [count, textTokens, textPieces],
      data: Int32Array.from({ length: count * words.length }, (_, i) => words[i % words.length]),
    },
    proprioception: floats(
      [count, own.length],
      Float32Array.from({ length: count * own.length }, (_, i) => own[i % own.length]),
    ),
  };
}

function rgbOf(camera: string): Uint8Array {
  return OBSERVATION.images[camera].rgb;
}

function requireEqual(a: Float32Array, b: Float32Array): void {
  const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  if (a.length !== b.length || worst > 1e-4) throw new Error(`The two ways differ by ${worst}.`);
}

function defaultSpec(): VlaSpec {
  const config = VlaTraining.parse({});
  const plain = (count: number) => ({
    count: 1,
    mean: Array<number>(count).fill(0),
    std: Array<number>(count).fill(1),
    q01: Array<number>(count).fill(-1),
    q99: Array<number>(count).fill(1),
  });
  return {
    format: "contrapposto vla 1",
    name: "bench",
    robot: manipulationRobot("fixed").name,
    cameras: DEFAULT_CAMERAS.map(({ camera: name, width, height }) => ({ name, width, height })),
    proprioception: [...PROPRIOCEPTION_NAMES],
    actions: Array.from({ length: ACTIONS }, (_, i) => ({ name: `action ${i}`, kind: "plain" as const })),
    chunkHorizon: config.chunkHorizon,
    executeHorizon: config.executeHorizon,
    chunkTimestep: 0.1,
    head: { kind: "flow", steps: config.denoisingSteps },
    featureSize: featureSizeOf(config.network),
    takesNoise: true,
    normalisation: { proprioception: plain(PROPRIOCEPTION_NAMES.length), actions: plain(ACTIONS) },
    network: config.network,
    modelHash: "",
    tasks: [],
    provenance: {},
  };
}

/** A counter of the default recipe with random weights. */
function randomScorer(featureSize: number): Uint8Array {
  const config = FourierConfig.parse({});
  const { waves } = config;
  const counter = {
    projection: noiseOf(featureSize * waves),
    phases: noiseOf(waves),
    weights: noiseOf(waves * waves),
    width: 1,
  };
  return fourierScorer(counter, config, featureSize, { modelHash: "", samples: 1 });
}

function noiseOf(count: number): Float32Array {
  const rng = new Rng(3);
  return Float32Array.from({ length: count }, () => rng.normal());
}

function floats(dims: readonly number[], data: Float32Array): TensorValue {
  return { type: "float32", dims, data };
}

const OBSERVATION: VlaObservation = {
  instruction: "put the red box in the left tray",
  images: Object.fromEntries(
    DEFAULT_CAMERAS.map(({ camera, width, height }) => {
      const rng = new Rng(width);
      const rgb = Uint8Array.from({ length: 3 * width * height }, () => rng.integer(256));
      return [camera, { width, height, rgb }];
    }),
  ),
  proprioception: new Float32Array(PROPRIOCEPTION_NAMES.length),
};
