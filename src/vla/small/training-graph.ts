import {
  abs,
  adam,
  adamInputs,
  add,
  carry,
  clipByNorm,
  type Dim,
  decayMask,
  div,
  Graph,
  gather,
  gradients,
  less,
  logSoftmax,
  max,
  mean,
  mul,
  type Node,
  neg,
  ParameterLayout,
  Parameters,
  reshape,
  square,
  sub,
  sum,
  where,
} from "../../learn/index.ts";
import { denoisingExpert, type NetworkSpec, prefixInputs, shapeOf, spellingExpert } from "./network.ts";
import { type Prefix, prefixNetwork } from "./prefix-network.ts";
import type { VlaTraining } from "./training-config.ts";

/** Sizes of a batch. */
export interface BatchShape {
  /** Frames. */
  readonly frames: number;
  /** Draws of noise and time for each. */
  readonly noises: number;
}

/** Where every parameter of a network lies in its flat vector. */
export function networkLayout(spec: NetworkSpec): ParameterLayout {
  const layout = new ParameterLayout();
  const graph = new Graph();
  addLosses(new Parameters(graph, layout), spec, { frames: 1, noises: 1 });
  return layout;
}

/**
 * The losses alone, of `parameters` that are fed: for validation. Further inputs as in `trainingGraph`; results `loss` and
 * `landmarkLoss`.
 */
export function validationGraph(spec: NetworkSpec, shape: BatchShape): Graph {
  const graph = new Graph();
  const layout = networkLayout(spec);
  const parameters = new Parameters(graph, layout);
  const { loss, landmarkLoss } = addLosses(parameters, spec, shape);
  graph.output("loss", loss);
  graph.output("landmarkLoss", landmarkLoss);
  parameters.bindTo(graph.input("parameters", [layout.size]));
  return graph;
}

/**
 * One step of training: loss, gradient, clipping, AdamW and the moving average. A step whose gradient is not finite
 * changes nothing.
 *
 * Inputs: those of the prefix, and of the head: `noised` and `target` [frames, noises, chunkHorizon, actions] with `time`
 * [frames, noises], or `spelled` int32 [frames, 1, chunkHorizon · actions]; `known` [frames, 1, chunkHorizon, actions], 1
 * where the chunk was demonstrated and 0 where it is padding; `learningRate` and `averageShare`, scalars.
 * `landmark` [frames, 2], `landmarkKnown` [frames, 1] and `glancesSeen` [frames, 1, 1]. Carried: `parameters`, `average` and Adam's state. Results: `loss`
 * of the chunks, `landmarkLoss`, `gradientNorm`.
 */
export function trainingGraph(spec: NetworkSpec, config: VlaTraining, shape: BatchShape): Graph {
  const graph = new Graph();
  const layout = networkLayout(spec);
  const parameters = new Parameters(graph, layout);
  const { loss, landmarkLoss } = addLosses(parameters, spec, shape);
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  graph.output("loss", loss);
  graph.output("landmarkLoss", landmarkLoss);
  const [gradient] = gradients(add(loss, mul(landmarkLoss, config.landmarkWeight)), [flat]);
  const clipped = clipByNorm(gradient, config.maxGradientNorm);
  graph.output("gradientNorm", clipped.norm);
  // False for NaN and infinity alike.
  const isUsable = less(abs(clipped.norm), 1e12);
  const before = adamInputs(graph, layout.size);
  const after = adam(flat, clipped.gradient, before, graph.input("learningRate", []), {
    beta2: 0.99,
    weightDecay: config.weightDecay,
    decayMask: decayMask(graph, layout),
  });
  const parametersAfter = where(isUsable, after.parameters, flat);
  carry(graph, flat, parametersAfter);
  for (const name of ["firstMoment", "secondMoment", "step"] as const)
    carry(graph, before[name], where(isUsable, after.state[name], before[name]));
  const average = graph.input("average", [layout.size]);
  const share = graph.input("averageShare", []);
  carry(graph, average, add(average, mul(sub(parametersAfter, average), share)));
  return graph;
}

interface Losses {
  /** Of the chunks. */
  readonly loss: Node;
  /** Of the landmark: what the first glance says of where the thing is that the sentence speaks of. */
  readonly landmarkLoss: Node;
}

function addLosses(parameters: Parameters, spec: NetworkSpec, shape: BatchShape): Losses {
  const { graph } = parameters;
  const { prefix, landmark } = prefixNetwork(
    parameters,
    prefixInputs(graph, spec, shape.frames),
    shapeOf(spec),
    graph.input("glancesSeen", [shape.frames, 1, 1]),
  );
  const miss = sub(landmark, graph.input("landmark", [shape.frames, 2]));
  const isKnown = graph.input("landmarkKnown", [shape.frames, 1]);
  return {
    loss: chunkLoss(parameters, prefix, spec, shape),
    landmarkLoss: mean(mul(square(miss), isKnown)),
  };
}

function chunkLoss(
  parameters: Parameters,
  prefix: Prefix,
  spec: NetworkSpec,
  { frames, noises }: BatchShape,
): Node {
  const { graph } = parameters;
  const known = graph.input("known", [frames, 1, spec.chunkHorizon, spec.actions.length]);
  if (spec.head.kind === "autoregressive") {
    const { bins } = spec.head;
    const tokens: readonly Dim[] = [frames, 1, spec.chunkHorizon * spec.actions.length];
    const spelled = graph.input("spelled", tokens, "int32");
    const { output } = spellingExpert(parameters, spelled, prefix, spec, bins);
    return meanOfKnown(crossEntropy(output, spelled, bins), reshape(known, tokens), 1);
  }
  const chunk: readonly Dim[] = [frames, noises, spec.chunkHorizon, spec.actions.length];
  const time = graph.input("time", [frames, noises]);
  const noised = graph.input("noised", chunk);
  const { output } = denoisingExpert(parameters, noised, time, prefix, spec);
  return meanOfKnown(square(sub(output, graph.input("target", chunk))), known, noises);
}

/** @param known 1 or 0, [frames, 1, ..], for `noises` rows of values each */
function meanOfKnown(values: Node, known: Node, noises: number): Node {
  return div(sum(mul(values, known)), mul(max(sum(known), 1), noises));
}

/** -ln p of each token, [..]. @param logits [.., bins] */
function crossEntropy(logits: Node, tokens: Node, bins: number): Node {
  const { graph } = logits;
  const identity = graph.constant(
    Float32Array.from({ length: bins * bins }, (_, i) => Number(i % (bins + 1) === 0)),
    [bins, bins],
  );
  const oneHot = gather(identity, tokens);
  return neg(sum(mul(logSoftmax(reshape(logits, oneHot.shape)), oneHot), [-1]));
}
