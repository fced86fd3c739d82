import { gradients } from "../graph/gradients.ts";
import { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { concat, split } from "../graph/ops/layout.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { adam, adamInputs } from "../optim/adam.ts";
import { clipByNorm } from "../optim/gradient-norm.ts";
import { carry } from "../optim/training-session.ts";
import type { PpoConfig } from "./config.ts";
import { gaussianEntropy, gaussianKl, gaussianLogProb } from "./gaussian.ts";
import { adaptedRate, surrogateLoss, symmetryLoss, valueLoss } from "./losses.ts";
import { Minibatch, meanActions, scaleOf, type UpdateShape } from "./minibatch.ts";
import type { MirrorMap } from "./mirror.ts";
import { type ActorCritic, critic, logDeviation, mirrored, scaled } from "./networks.ts";

/** What each step reports, a scalar each. */
export const UPDATE_RESULTS = [
  "surrogate",
  "valueLoss",
  "entropy",
  "kl",
  "gradientNorm",
  "symmetryLoss",
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
  const isAugmented = mirror !== undefined && ["augment", "both"].includes(config.symmetry);
  const twice = (x: Node): Node => (isAugmented ? concat([x, x], 1) : x);
  const withImages = (x: Node, map: MirrorMap | undefined): Node =>
    isAugmented && map ? concat([x, mirrored(x, map)], 1) : x;

  const { mean: means } = meanActions(parameters, networks, minibatch);
  const [drawnMeans, inMirror] =
    mirror === undefined ? [means] : split(means, [minibatch.size, minibatch.size], 1);
  const sigma = logDeviation(parameters, networks);
  const actions = withImages(minibatch.pick("actions", actionSize), mirror?.actions);
  const surrogate = surrogateLoss(
    gaussianLogProb(actions, isAugmented ? means : drawnMeans, sigma),
    twice(minibatch.pick("logProb")),
    twice(minibatch.pick("advantages")),
    config.clip,
  );
  const criticSize = networks.observationSizes.critic;
  const criticObs = withImages(minibatch.pick("criticObs", criticSize), mirror?.criticObs);
  const value = valueLoss(
    critic(parameters, networks, scaled(criticObs, scaleOf(graph, networks, "criticObs", criticSize))),
    twice(minibatch.pick("returns")),
    config.clipValue ? { old: twice(minibatch.pick("values")), limit: config.clip } : undefined,
  );
  const entropy = gaussianEntropy(sigma);
  const old = { mean: minibatch.pick("mean", actionSize), deviation: graph.input("deviation", [actionSize]) };
  const kl = mean(gaussianKl(drawnMeans, sigma, old));
  const asymmetry = mirror ? symmetryLoss(inMirror, mirrored(drawnMeans, mirror.actions)) : graph.constant(0);

  const results = { surrogate, valueLoss: value, entropy, kl, symmetryLoss: asymmetry };
  for (const [name, node] of Object.entries(results)) graph.output(name, node);
  const weights: readonly (readonly [Node, number])[] = [
    [value, config.valueCoefficient],
    [entropy, -config.entropyCoefficient],
    [asymmetry, ["loss", "both"].includes(config.symmetry) ? config.symmetryCoefficient : 0],
  ];
  return { loss: weights.reduce((sum, [term, weight]) => add(sum, mul(term, weight)), surrogate), kl };
}

function addStep(
  graph: Graph,
  layout: ParameterLayout,
  config: PpoConfig,
  { flat, loss, kl }: { flat: Node; loss: Node; kl: Node },
): void {
  const [gradient] = gradients(loss, [flat]);
  const clipped = clipByNorm(gradient, config.maxGradientNorm);
  const learningRate = graph.input("learningRate", []);
  const rate = adaptedRate(learningRate, kl, config);
  const before = adamInputs(graph, layout.size);
  const after = adam(flat, clipped.gradient, before, rate);
  carry(graph, flat, after.parameters);
  carry(graph, before.firstMoment, after.state.firstMoment);
  carry(graph, before.secondMoment, after.state.secondMoment);
  carry(graph, before.step, after.state.step);
  carry(graph, learningRate, rate);
  graph.output("gradientNorm", clipped.norm);
}
