import {
  concat,
  div,
  Graph,
  mean,
  type Node,
  ParameterLayout,
  Parameters,
  reshape,
  sqrt,
  square,
  sum,
} from "../../learn/index.ts";
import type { CoinFlipConfig, CoinFlipShape } from "./coin-flip-config.ts";
import { coinFlipOutput } from "./coin-flip-graph.ts";
import { coinFlipBranch } from "./coin-flip-network.ts";
import type { CoinFlipNet } from "./coin-flip-trainer.ts";
import { featureInput, type ScorerOrigin, writeScorer } from "./scorer-file.ts";

/**
 * The ONNX scorer of one or more counters, dropout off and moments frozen. Output `score` [candidates] is the mean over
 * nets of |f|² / coins, which estimates 1 / count; `norms` [candidates, nets] holds each net's |f|, TACO's own score.
 */
export function coinFlipScorer(
  nets: readonly CoinFlipNet[],
  config: CoinFlipConfig,
  featureSize: number,
  origin: ScorerOrigin,
): Uint8Array {
  const graph = new Graph();
  const features = featureInput(graph, featureSize, origin);
  const squares = nets.map((net, i) => {
    const squared = sum(square(counterOf(features, net, config.shape, `net${i}`)), [-1], true);
    return reshape(squared, ["candidates", 1]);
  });
  const perNet = concat(squares, 1);
  graph.output("norms", sqrt(perNet));
  graph.output("score", mean(div(perNet, config.shape.coins), [-1]));
  const kind = config.target === "coins" ? "coin-flip" : "distillation";
  return writeScorer(graph, { kind, featureSize, config: { ...config } }, origin);
}

function counterOf(features: Node, net: CoinFlipNet, shape: CoinFlipShape, name: string): Node {
  const { graph } = features;
  const branch = (part: string, values: Float32Array): Node => {
    const parameters = new Parameters(graph, new ParameterLayout());
    const output = coinFlipBranch(parameters, `${name}.${part}`, features, shape);
    parameters.bindToValues(values);
    return output;
  };
  const trained = branch("trained", net.trained);
  if (shape.prior === "none") return trained;
  const mean = graph.constant(net.priorMean);
  return coinFlipOutput(trained, branch("prior", net.prior), {
    mean,
    variance: graph.constant(net.priorVariance),
  });
}
