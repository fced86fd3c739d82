import {
  adam,
  adamInputs,
  add,
  carry,
  div,
  Graph,
  gather,
  gradients,
  greater,
  mean,
  mul,
  type Node,
  ParameterLayout,
  Parameters,
  sqrt,
  square,
  sub,
  where,
} from "../../learn/index.ts";
import type { CoinFlipConfig, CoinFlipShape } from "./coin-flip-config.ts";
import { coinFlipBranch, type Drop, dropWith } from "./coin-flip-network.ts";

const EPSILON = 1e-6;
/** Dropout layers of the prior take their seeds from here, those of the trained branch from 1. */
const PRIOR_SEED = 1001;

/** The counting function f = trained branch + (prior - mean) / deviation, and the raw prior; each [batch, coins]. */
export function coinFlipOutput(
  trained: Node,
  prior: Node,
  moments: { readonly mean: Node; readonly variance: Node },
): Node {
  return add(trained, div(sub(prior, moments.mean), sqrt(add(moments.variance, EPSILON))));
}

/** The parameters of one branch, the same for the trained one and its prior. */
export function branchLayout(shape: CoinFlipShape, featureSize: number): ParameterLayout {
  const layout = new ParameterLayout();
  const graph = new Graph();
  coinFlipBranch(new Parameters(graph, layout), "branch", graph.input("x", [1, featureSize]), shape);
  return layout;
}

/**
 * One pass over a batch: gradient of the mean squared error against the coins, added to those of the batches before;
 * and Adam on their mean where `isUpdate` is 1.
 *
 * Inputs: `features` [samples, featureSize], `indices` int32 [batch], `coins` [batch, coins], `prior` (its parameters),
 * `priorMean` and `priorVariance` [coins], scalars `isUpdate`, `learningRate` and `beta1`. Carried: `parameters`,
 * `gradient` and Adam's state. Results: `loss` and, unless there is no prior, `priorOutput` [batch, coins].
 */
export function coinFlipTrainingGraph(
  config: CoinFlipConfig,
  data: { readonly samples: number; readonly featureSize: number; readonly batch: number },
): Graph {
  const { shape, dropout: rate, accumulate } = config;
  const graph = new Graph();
  const features = gather(
    graph.input("features", [data.samples, data.featureSize]),
    graph.input("indices", [data.batch], "int32"),
  );
  const layout = branchLayout(shape, data.featureSize);
  const flat = graph.input("parameters", [layout.size]);
  const trained = bound(graph, layout, flat, { features, shape, drop: dropWith(rate, 1), name: "branch" });
  const output = withPrior(graph, layout, trained, { features, shape, rate });
  const loss = mean(square(sub(output, graph.input("coins", [data.batch, shape.coins]))));
  graph.output("loss", loss);

  const before = graph.input("gradient", [layout.size]);
  const [own] = gradients(loss, [flat]);
  const sum = add(before, mul(own, 1 / accumulate));
  const isUpdate = greater(graph.input("isUpdate", []), 0.5);
  const state = adamInputs(graph, layout.size);
  const rates = { learningRate: graph.input("learningRate", []), beta1: graph.input("beta1", []) };
  const after = adam(flat, sum, state, rates.learningRate, { beta1: rates.beta1 });
  carry(graph, before, where(isUpdate, 0, sum));
  carry(graph, flat, where(isUpdate, after.parameters, flat));
  for (const name of ["firstMoment", "secondMoment", "step"] as const)
    carry(graph, state[name], where(isUpdate, after.state[name], state[name]));
  return graph;
}

interface Branch {
  readonly features: Node;
  readonly shape: CoinFlipShape;
  readonly drop: Drop;
  readonly name: string;
}

function bound(graph: Graph, layout: ParameterLayout, flat: Node, branch: Branch): Node {
  // A layout names parameters; the prior has the same ones under another name.
  const parameters = new Parameters(graph, branch.name === "branch" ? layout : new ParameterLayout());
  const output = coinFlipBranch(parameters, branch.name, branch.features, branch.shape, branch.drop);
  parameters.bindTo(flat);
  return output;
}

function withPrior(
  graph: Graph,
  layout: ParameterLayout,
  trained: Node,
  { features, shape, rate }: { features: Node; shape: CoinFlipShape; rate: number },
): Node {
  if (shape.prior === "none") return trained;
  const drop = dropWith(rate, PRIOR_SEED);
  const prior = bound(graph, layout, graph.input("prior", [layout.size]), {
    features,
    shape,
    drop,
    name: "prior",
  });
  graph.output("priorOutput", prior);
  const mean = graph.input("priorMean", [shape.coins]);
  return coinFlipOutput(trained, prior, { mean, variance: graph.input("priorVariance", [shape.coins]) });
}
