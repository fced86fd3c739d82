import { gradients } from "../graph/gradients.ts";
import { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add, mul } from "../graph/ops/arithmetic.ts";
import { concat, gather, split } from "../graph/ops/layout.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { adam, adamInputs } from "../optim/adam.ts";
import { clipByNorm } from "../optim/gradient-norm.ts";
import { carry } from "../optim/training-session.ts";
import type { PpoConfig } from "./config.ts";
import { gaussianEntropy, gaussianKl, gaussianLogProb } from "./gaussian.ts";
import { adaptedRate, surrogateLoss, symmetryLoss, valueLoss } from "./losses.ts";
import type { MirrorMap } from "./mirror.ts";
import {
  type ActorCritic,
  actor,
  critic,
  logDeviation,
  mirrored,
  type ObservationScale,
  scaled,
} from "./networks.ts";
import { scaleInputs } from "./policy-graph.ts";

/** How a rollout is cut into sequences, and how many of them a minibatch takes. */
export interface UpdateShape {
  /** Steps of a sequence: the rollout's for an LSTM, else 1. */
  readonly time: number;
  /** Sequences in the rollout. */
  readonly columns: number;
  /** Sequences in a minibatch. */
  readonly minibatch: number;
}

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

/** The sequences that one gradient step looks at. */
class Minibatch {
  readonly size: number;
  readonly columns: number;
  readonly #graph: Graph;
  readonly #shape: UpdateShape;
  readonly #indices: Node;

  constructor(graph: Graph, shape: UpdateShape) {
    this.size = shape.minibatch;
    this.columns = shape.columns;
    this.#graph = graph;
    this.#shape = shape;
    this.#indices = graph.input("indices", [shape.minibatch], "int32");
  }

  /** The drawn sequences [time, minibatch, ...size] of a rollout input. */
  pick(name: string, ...size: readonly number[]): Node {
    const { time, columns } = this.#shape;
    return gather(this.#graph.input(name, [time, columns, ...size]), this.#indices, 1);
  }

  /** What an LSTM remembered before the drawn sequences, and before their mirror images if `rows` has them. */
  memory(name: string, rows: number, size: number): Node {
    const { columns } = this.#shape;
    const all = this.#graph.input(name, [rows, size]);
    const images = rows > columns ? [add(this.#indices, columns)] : [];
    return gather(all, concat([this.#indices, ...images], 0), 0);
  }
}

function addLosses(
  parameters: Parameters,
  networks: ActorCritic,
  config: PpoConfig,
  minibatch: Minibatch,
): { loss: Node; kl: Node } {
  const { graph } = parameters;
  const { actionSize, mirror } = networks;
  const isAugmented = mirror !== undefined && config.symmetry === "augment";
  const twice = (x: Node): Node => (isAugmented ? concat([x, x], 1) : x);
  const withImages = (x: Node, map: MirrorMap | undefined): Node =>
    isAugmented && map ? concat([x, mirrored(x, map)], 1) : x;

  const means = meanActions(parameters, networks, minibatch);
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
    [asymmetry, config.symmetry === "loss" ? config.symmetryCoefficient : 0],
  ];
  return { loss: weights.reduce((sum, [term, weight]) => add(sum, mul(term, weight)), surrogate), kl };
}

/** Mean actions [time, minibatch, actionSize], followed along axis 1 by those in the mirror, where symmetry is used. */
function meanActions(parameters: Parameters, networks: ActorCritic, minibatch: Minibatch): Node {
  const { graph } = parameters;
  const { actor: config, observationSizes, mirror } = networks;
  const drawn = minibatch.pick("obs", observationSizes.actor);
  const seen = mirror === undefined ? drawn : concat([drawn, mirrored(drawn, mirror.obs)], 1);
  const obs = scaled(seen, scaleOf(graph, networks, "obs", observationSizes.actor));
  if (config.kind === "mlp") return actor(parameters, networks, obs, undefined).mean;
  const keep = minibatch.pick("keep", 1);
  const images = mirror === undefined ? 1 : 2;
  const memory = (name: string): Node =>
    minibatch.memory(name, images * minibatch.columns, config.recurrentSize);
  const start = { h: memory("h"), c: memory("c") };
  return actor(parameters, networks, obs, { start, keep: images === 1 ? keep : concat([keep, keep], 1) })
    .mean;
}

function scaleOf(
  graph: Graph,
  networks: ActorCritic,
  name: string,
  size: number,
): ObservationScale | undefined {
  return networks.normalisesObservations ? scaleInputs(graph, name, size) : undefined;
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
