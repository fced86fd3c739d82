import { type Rng, UnknownNameError } from "../../common/index.ts";
import { SelectorNeedsError } from "../errors.ts";
import type { Candidates, ObservationContext } from "../model.ts";
import { type FeatureScorer, lowest } from "../taco/feature-scorer.ts";
import { squaredDistance } from "../taco/feature-search.ts";
import type { VlaSpec } from "../vla-spec.ts";

/** Ways to choose among candidate chunks. */
export const SELECTORS = [
  "single",
  "random",
  "mean",
  "medoid",
  "likelihood",
  "ensemble",
  "rnd",
  "knn",
  "elliptical",
  "taco",
  "oracle",
] as const;
export type SelectorName = (typeof SELECTORS)[number];

/** Everything a selector may look at when it decides. */
export interface Decision {
  readonly spec: VlaSpec;
  readonly context: ObservationContext;
  readonly candidates: Candidates;
  /** For selectors that draw. */
  readonly rng: Rng;
  /** The same observation seen by other models, for `ensemble`. */
  readonly others?: readonly ObservationContext[];
  /** Privileged: how far a chunk (robot units) would bring the task, for `oracle`. */
  readonly imagine?: (chunk: Float32Array) => Promise<number>;
}

/** What was chosen. */
export interface Selection {
  /** Index of the candidate; undefined where the chunk is none of them, as a mean is. */
  readonly index: number | undefined;
  /** In robot units, [chunkHorizon, actions]. */
  readonly chunk: Float32Array;
  /** A score per candidate, the lower the better; undefined for selectors without. */
  readonly scores?: Float32Array;
}

/** Chooses. Throws `SelectorNeedsError` for what it lacks and `NotFiniteError` where no score is a number. */
export type Selector = (decision: Decision) => Promise<Selection>;

/** Scorers by the selector that uses them. */
export type Scorers = Partial<Readonly<Record<"taco" | "elliptical" | "rnd" | "knn", FeatureScorer>>>;

/** Fixed draws by which likelihood and ensemble judge: enough to average over, few enough to be quick. */
const PROBES = [0.2, 0.5, 0.8];

/** The selector of a name. Throws `UnknownNameError`, and `SelectorNeedsError` where it needs a scorer that is not there. */
export function selectorNamed(name: string, scorers: Scorers): Selector {
  switch (name as SelectorName) {
    case "single":
      return async ({ candidates }) => chosen(candidates, 0);
    case "random":
      return async ({ candidates, rng }) => chosen(candidates, rng.integer(candidates.count));
    case "mean":
      return async ({ candidates }) => ({ index: undefined, chunk: meanChunk(candidates) });
    case "medoid":
      return async ({ candidates }) => byScore(candidates, medoidScores(candidates));
    case "likelihood":
      return async (decision) => byScore(decision.candidates, await surprise(decision));
    case "ensemble":
      return async (decision) => byScore(decision.candidates, await disagreement(decision));
    case "oracle":
      return async (decision) => byScore(decision.candidates, await imagined(decision));
    case "taco":
    case "elliptical":
    case "rnd":
    case "knn":
      return byFeatures(name as keyof Scorers, scorers);
    default:
      throw new UnknownNameError("selector", name, SELECTORS);
  }
}

function byFeatures(name: keyof Scorers, scorers: Scorers): Selector {
  const scorer = scorers[name];
  if (scorer === undefined)
    throw new SelectorNeedsError(
      `The selector "${name}" needs a scorer.`,
      "Make one with train taco, and name its run.",
    );
  return async ({ spec, candidates }) => {
    scorer.requireModel(spec.modelHash);
    return byScore(candidates, await scorer.score(candidates.features));
  };
}

function byScore(candidates: Candidates, scores: Float32Array): Selection {
  return { ...chosen(candidates, lowest(scores)), scores };
}

function chosen({ actions, count }: Candidates, index: number): Selection {
  const size = actions.length / count;
  return { index, chunk: actions.slice(index * size, (index + 1) * size) };
}

/** The average of all chunks: of two ways around an obstacle it goes through the middle. A baseline, not a proposal. */
function meanChunk({ actions, count }: Candidates): Float32Array {
  const size = actions.length / count;
  const mean = new Float32Array(size);
  for (let i = 0; i < actions.length; i++) mean[i % size] += actions[i] / count;
  return mean;
}

/** Summed distance to all other candidates, in normalised units. */
function medoidScores({ normalised, count }: Candidates): Float32Array {
  const size = normalised.length / count;
  return Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < count; j++)
      sum += Math.sqrt(squaredDistance(normalised, i * size, normalised, j * size, size));
    return sum;
  });
}

/** How badly the model explains each candidate: -ln p, or the loss at fixed times with fixed noise. */
async function surprise({ candidates, context }: Decision): Promise<Float32Array> {
  if (candidates.logProb !== undefined) return candidates.logProb.map((value) => -value);
  const total = new Float32Array(candidates.count);
  const size = candidates.normalised.length / candidates.count;
  for (const time of PROBES) {
    const guess = await probe(context, candidates, time);
    for (let i = 0; i < candidates.count; i++)
      total[i] += squaredDistance(guess, i * size, candidates.normalised, i * size, size) / time ** 2;
  }
  return total;
}

/** How far models differ in what they make of each candidate with noise. */
async function disagreement({ candidates, context, others = [] }: Decision): Promise<Float32Array> {
  if (others.length === 0)
    throw new SelectorNeedsError("The selector needs other models.", "Name their runs: --ensemble RUN.");
  const total = new Float32Array(candidates.count);
  const size = candidates.normalised.length / candidates.count;
  for (const time of PROBES) {
    const own = await probe(context, candidates, time);
    for (const other of others) {
      const theirs = await probe(other, candidates, time);
      for (let i = 0; i < candidates.count; i++)
        total[i] += squaredDistance(own, i * size, theirs, i * size, size) / time ** 2;
    }
  }
  return total;
}

/** What a model makes of the candidates at a time, every candidate disturbed by the same noise. */
async function probe(context: ObservationContext, { normalised, count }: Candidates, time: number) {
  if (context.refine === undefined)
    throw new SelectorNeedsError("This model cannot judge a given chunk.", "Choose another selector.");
  const size = normalised.length / count;
  const noise = Float32Array.from(normalised, (_, i) => patternNoise((i % size) + Math.round(1000 * time)));
  return (await context.refine(normalised, noise, time)).normalised;
}

/** A fixed sequence of mean 0 and variance 1: the same for every candidate, so that only they differ. */
function patternNoise(i: number): number {
  return Math.SQRT2 * Math.sin(2 * Math.PI * ((i * 0.6180339887498949) % 1));
}

async function imagined({ candidates, imagine }: Decision): Promise<Float32Array> {
  if (imagine === undefined)
    throw new SelectorNeedsError("The oracle looks into the simulator.", "It exists in eval vla only.");
  const scores = new Float32Array(candidates.count);
  for (let i = 0; i < candidates.count; i++) scores[i] = -(await imagine(chosen(candidates, i).chunk));
  return scores;
}
