import { gradients } from "../graph/gradients.ts";
import { Graph } from "../graph/graph.ts";
import { square, stopGradient, sub } from "../graph/ops/arithmetic.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { adam, adamInputs } from "../optim/adam.ts";
import { clipByNorm } from "../optim/gradient-norm.ts";
import { carry } from "../optim/training-session.ts";
import type { PpoConfig } from "./config.ts";
import { Minibatch, meanActions, type UpdateShape } from "./minibatch.ts";
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
  const acted = meanActions(parameters, networks, new Minibatch(graph, shape));
  const difference = mean(square(sub(acted.mean, stopGradient(example(acted.obs)))));
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  const [gradient] = gradients(difference, [flat]);
  const before = adamInputs(graph, layout.size);
  const clipped = clipByNorm(gradient, config.maxGradientNorm).gradient;
  const after = adam(flat, clipped, before, config.learningRate);
  carry(graph, flat, after.parameters);
  carry(graph, before.firstMoment, after.state.firstMoment);
  carry(graph, before.secondMoment, after.state.secondMoment);
  carry(graph, before.step, after.state.step);
  graph.output("difference", difference);
  return graph;
}
