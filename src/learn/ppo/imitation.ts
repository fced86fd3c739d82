import { Graph } from "../graph/graph.ts";
import { square, stopGradient, sub } from "../graph/ops/arithmetic.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { descend } from "../optim/descend.ts";
import type { PpoConfig } from "./config.ts";
import { actAgain, Minibatch, type UpdateShape } from "./minibatch.ts";
import type { ActorCritic, Example } from "./networks.ts";

/**
 * One gradient step towards an example as one graph, on the inputs that `updateGraph` has for the actor. Carried:
 * `parameters` and Adam's state. Result: `difference`, the mean squared difference of the actions.
 */
export function imitationGraph(
  networks: ActorCritic,
  layout: ParameterLayout,
  config: PpoConfig,
  shape: UpdateShape,
  example: Example,
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const acted = actAgain(parameters, networks, new Minibatch(graph, shape));
  const difference = mean(square(sub(acted.mean, stopGradient(example(acted.obs)))));
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  const { learningRate, maxGradientNorm: maxNorm } = config;
  descend(difference, flat, layout.size, { learningRate, maxNorm });
  graph.output("difference", difference);
  return graph;
}
