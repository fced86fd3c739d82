import { Graph } from "../graph/graph.ts";
import { add, stopGradient } from "../graph/ops/arithmetic.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { descend } from "../optim/descend.ts";
import type { PpoConfig } from "./config.ts";
import { actAgain, Minibatch, type UpdateShape } from "./minibatch.ts";
import type { ActorCritic } from "./networks.ts";
import { judgeAgain } from "./update-graph.ts";

/**
 * One gradient step of the critic, and of what reads the actor's memory, as one graph on the inputs of `updateGraph`; the actor
 * stays as it is. Carried: `parameters` and Adam's state. Results: `valueLoss`, `estimateLoss`.
 */
export function warmUpGraph(
  networks: ActorCritic,
  layout: ParameterLayout,
  config: PpoConfig,
  shape: UpdateShape,
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const minibatch = new Minibatch(graph, shape);
  // Without it nothing would read the rollout's observations, and the session would refuse them.
  const features = networks.estimates === 0 ? undefined : actAgain(parameters, networks, minibatch).features;
  const still = { features: features && stopGradient(features) };
  const losses = judgeAgain(parameters, networks, { ...config, clipValue: false }, minibatch, still);
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  const { criticLearningRate, maxGradientNorm: maxNorm } = config;
  const learningRate = criticLearningRate || config.learningRate;
  descend(add(losses.valueLoss, losses.estimateLoss), flat, layout.size, { learningRate, maxNorm });
  for (const [name, node] of Object.entries(losses)) graph.output(name, node);
  return graph;
}
