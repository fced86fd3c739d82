import { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add, div, max, mul, square, sub } from "../graph/ops/arithmetic.ts";
import { concat } from "../graph/ops/layout.ts";
import { mean } from "../graph/ops/reduction.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import { descend } from "../optim/descend.ts";
import { carry } from "../optim/training-session.ts";
import type { PpoConfig } from "./config.ts";
import { actAgain, Minibatch, type UpdateShape } from "./minibatch.ts";
import { type ActorCritic, mirrored } from "./networks.ts";
import { judgeAgain, ratesOf } from "./update-graph.ts";

/** Learning rate, at first, of an actor that keeps saying what it said while its memory learns to tell what it did not. */
const RECALLING_RATE = 2e-3;

/** What each step reports, a scalar each. */
export const WARM_UP_RESULTS = ["valueLoss", "estimateLoss", "drift"] as const;
export type WarmUpSummary = Readonly<Record<(typeof WARM_UP_RESULTS)[number], number>>;

/** How much what the memory tells weighs beside saying the same as before, in variances of either. */
const TELLING_WEIGHT = 3;

/**
 * One gradient step of the critic, as one graph on the inputs of `updateGraph`; the actor says what it said. Where its memory is to
 * tell something it learns that, and to say the same nonetheless: `mean` is then what the actor said before, who acts.
 * Its learning rate falls to 0 in a straight line, or what chance moved last would stay, and set it apart from its mirror image.
 *
 * Carried: `parameters`, Adam's state and the number of steps `done`. Results: `valueLoss`, `estimateLoss`, and `drift`, the mean
 * squared distance from what was said, in standard deviations of the actions.
 *
 * @param steps in all
 */
export function warmUpGraph(
  networks: ActorCritic,
  layout: ParameterLayout,
  config: PpoConfig,
  shape: UpdateShape,
  steps: number,
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const minibatch = new Minibatch(graph, shape);
  const acted = networks.estimates === 0 ? undefined : actAgain(parameters, networks, minibatch);
  const judged = judgeAgain(parameters, networks, { ...config, clipValue: false }, minibatch, {
    features: acted?.features,
  });
  const drift = acted ? driftOf(acted.mean, networks, minibatch, graph) : graph.constant(0);
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  const { criticLearningRate, maxGradientNorm: maxNorm } = config;
  const done = graph.input("done", []);
  carry(graph, done, add(done, 1));
  const recalling = mul(max(sub(1, div(done, steps)), 0), RECALLING_RATE);
  const own = { ...config, criticLearningRate: criticLearningRate || config.learningRate };
  const learningRate = ratesOf(graph, layout, own, recalling);
  const recalled = add(drift, mul(judged.estimateLoss, TELLING_WEIGHT));
  descend(add(judged.valueLoss, recalled), flat, layout.size, { learningRate, maxNorm });
  for (const [name, node] of Object.entries({ ...judged, drift })) graph.output(name, node);
  return graph;
}

function driftOf(said: Node, { actionSize, mirror }: ActorCritic, minibatch: Minibatch, graph: Graph): Node {
  const before = minibatch.pick("mean", actionSize);
  const all = mirror === undefined ? before : concat([before, mirrored(before, mirror.actions)], 1);
  return mean(square(div(sub(said, all), graph.input("deviation", [actionSize]))));
}
