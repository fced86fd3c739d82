import { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { concat, slice, split } from "../graph/ops/layout.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { descend } from "../optim/descend.ts";
import { carry } from "../optim/training-session.ts";
import type { PpoConfig } from "./config.ts";
import { gaussianEntropy, gaussianKl, gaussianLogProb } from "./gaussian.ts";
import { adaptedRate, estimateLoss, surrogateLoss, symmetryLoss, valueLoss } from "./losses.ts";
import { actAgain, Minibatch, scaleOf, type UpdateShape } from "./minibatch.ts";
import type { MirrorMap } from "./mirror.ts";
import {
  ACTOR,
  type Acted,
  type ActorCritic,
  critic,
  estimator,
  logDeviation,
  mirrored,
  scaled,
} from "./networks.ts";

/** What each step reports, a scalar each. */
export const UPDATE_RESULTS = [
  "surrogate",
  "valueLoss",
  "entropy",
  "kl",
  "gradientNorm",
  "symmetryLoss",
  "estimateLoss",
] as const;

/**
 * One gradient step of PPO as one graph: picks the minibatch out of the rollout by `indices`, evaluates the loss,
 * differentiates it, adapts the learning rate, and steps.
 *
 * Inputs for the rollout, [time, columns] or [time, columns, size]: `obs`, `criticObs`, `actions`, `mean` and `logProb`
 * of the policy that acted, `returns`, `advantages`, and `values` where they are clipped; for an LSTM also `keep`, and `h` and `c` [memoryRows, size].
 * Further inputs: `indices` int32 [minibatch], `deviation` of the policy that acted [actionSize], and the scales of
 * observations, if they are normalised.
 * Carried: `parameters`, Adam's state and `learningRate`. Results: `UPDATE_RESULTS`.
 */
export function updateGraph(
  networks: ActorCritic,
  layout: ParameterLayout,
  config: PpoConfig,
  shape: UpdateShape,
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const { loss, kl } = addLosses(parameters, networks, config, new Minibatch(graph, shape));
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  addStep(graph, layout, config, { flat, loss, kl });
  return graph;
}

function addLosses(
  parameters: Parameters,
  networks: ActorCritic,
  config: PpoConfig,
  minibatch: Minibatch,
): { loss: Node; kl: Node } {
  const { graph } = parameters;
  const { actionSize, mirror } = networks;
  const images = imagesOf(networks, config);
  const acted = actAgain(parameters, networks, minibatch);
  const { mean: means } = acted;
  const [drawnMeans, inMirror] =
    mirror === undefined ? [means] : split(means, [minibatch.size, minibatch.size], 1);
  const sigma = logDeviation(parameters, networks);
  const actions = images.with(minibatch.pick("actions", actionSize), mirror?.actions);
  const surrogate = surrogateLoss(
    gaussianLogProb(actions, images.areUsed ? means : drawnMeans, sigma),
    images.twice(minibatch.pick("logProb")),
    images.twice(minibatch.pick("advantages")),
    config.clip,
  );
  const judged = judgeAgain(parameters, networks, config, minibatch, acted);
  const entropy = gaussianEntropy(sigma);
  const old = { mean: minibatch.pick("mean", actionSize), deviation: graph.input("deviation", [actionSize]) };
  const kl = mean(gaussianKl(drawnMeans, sigma, old));
  const asymmetry = mirror ? symmetryLoss(inMirror, mirrored(drawnMeans, mirror.actions)) : graph.constant(0);

  const results = { surrogate, ...judged, entropy, kl, symmetryLoss: asymmetry };
  for (const [name, node] of Object.entries(results)) graph.output(name, node);
  const weights: readonly (readonly [Node, number])[] = [
    [judged.valueLoss, config.valueCoefficient],
    [judged.estimateLoss, config.estimateCoefficient],
    [entropy, -config.entropyCoefficient],
    [asymmetry, ["loss", "both"].includes(config.symmetry) ? config.symmetryCoefficient : 0],
  ];
  return { loss: weights.reduce((sum, [term, weight]) => add(sum, mul(term, weight)), surrogate), kl };
}

/** How samples are followed along axis 1 by their mirror images, where those are learnt too. */
function imagesOf({ mirror }: ActorCritic, { symmetry }: PpoConfig) {
  const areUsed = mirror !== undefined && ["augment", "both"].includes(symmetry);
  return {
    areUsed,
    twice: (x: Node): Node => (areUsed ? concat([x, x], 1) : x),
    with: (x: Node, map: MirrorMap | undefined): Node =>
      areUsed && map ? concat([x, mirrored(x, map)], 1) : x,
  };
}

/** The losses of what only helps to learn: the critic's, and that of what the actor's memory tells, 0 where it tells nothing. */
export function judgeAgain(
  parameters: Parameters,
  networks: ActorCritic,
  config: PpoConfig,
  minibatch: Minibatch,
  { features }: Pick<Acted, "features">,
): { readonly valueLoss: Node; readonly estimateLoss: Node } {
  const { graph } = parameters;
  const { observationSizes, mirror, estimates } = networks;
  const images = imagesOf(networks, config);
  const raw = images.with(minibatch.pick("criticObs", observationSizes.critic), mirror?.criticObs);
  const seen = scaled(raw, scaleOf(graph, networks, "criticObs", observationSizes.critic));
  const { criticImages, clipValue, clip } = config;
  const pick = (name: string): Node =>
    criticImages ? images.twice(minibatch.pick(name)) : minibatch.pick(name);
  const value = valueLoss(
    critic(parameters, networks, criticImages ? seen : slice(seen, 0, minibatch.size, 1)),
    pick("returns"),
    clipValue ? { old: pick("values"), limit: clip } : undefined,
  );
  if (estimates === 0 || features === undefined) return { valueLoss: value, estimateLoss: graph.constant(0) };
  const told = estimator(parameters, networks, slice(features, 0, seen.shape[1] as number, 1));
  return { valueLoss: value, estimateLoss: estimateLoss(told, seen) };
}

function addStep(
  graph: Graph,
  layout: ParameterLayout,
  config: PpoConfig,
  { flat, loss, kl }: { flat: Node; loss: Node; kl: Node },
): void {
  const learningRate = graph.input("learningRate", []);
  const rate = adaptedRate(learningRate, kl, config);
  const rates = ratesOf(graph, layout, config, rate);
  const norm = descend(loss, flat, layout.size, { learningRate: rates, maxNorm: config.maxGradientNorm });
  carry(graph, learningRate, rate);
  graph.output("gradientNorm", norm);
}

/** The learning rate of each parameter: one for all, or what does not act has its own. */
export function ratesOf(
  graph: Graph,
  layout: ParameterLayout,
  { criticLearningRate }: PpoConfig,
  rate: Node,
): Node {
  if (criticLearningRate === 0) return rate;
  const acts = new Float32Array(layout.size);
  for (const { name, offset, size } of layout.entries)
    if (name.startsWith(ACTOR)) acts.fill(1, offset, offset + size);
  const fixed = acts.map((does) => (1 - does) * criticLearningRate);
  return add(mul(graph.constant(acts), rate), graph.constant(fixed));
}
