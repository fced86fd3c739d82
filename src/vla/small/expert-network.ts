import {
  add,
  concat,
  layerNorm,
  linear,
  mlp,
  mul,
  type Node,
  normalInitialiser,
  type Parameters,
  reshape,
  silu,
  split,
} from "../../learn/index.ts";
import type { NetworkShape } from "./network-shape.ts";
import type { Prefix } from "./prefix-network.ts";
import { sharedAttention } from "./shared-attention.ts";

/** What the expert makes of a chunk's tokens. */
export interface ExpertOutput {
  /** Last layer after its final norm, [batch, candidates, tokens, expertWidth]: where features come from. */
  readonly hidden: Node;
  /** A linear map of it, [batch, candidates, tokens, outputs]: velocities, noise or logits. */
  readonly output: Node;
}

/** Longest and shortest period of the flow time's sines, as in pi0. */
const PERIODS = { longest: 4, shortest: 4e-3 };

/**
 * Tokens of a noised chunk: its actions and the flow time, mixed by an MLP, as in pi0.
 *
 * @param chunk [batch, candidates, tokens, actions]
 * @param time  [batch, candidates], or [1, 1] for all alike
 */
export function chunkTokens(parameters: Parameters, chunk: Node, time: Node, shape: NetworkShape): Node {
  const { expertWidth: width } = shape;
  const [rows, columns] = time.shape;
  const when = linear(parameters, "expert.time", timeFeatures(time, shape.timeFeatures), width);
  const what = linear(parameters, "expert.action", chunk, width);
  const mixed = silu(add(what, reshape(when, [rows, columns, 1, width])));
  const positions = parameters.get(
    "expert.positions",
    [chunk.shape[2] as number, width],
    normalInitialiser(0.02),
  );
  return add(linear(parameters, "expert.mix", mixed, width), positions);
}

/** The action expert: tokens of each candidate attend to the prefix, layer by layer, and to each other. */
export function expertNetwork(
  parameters: Parameters,
  tokens: Node,
  prefix: Prefix,
  shape: NetworkShape,
  { outputs, ownBias }: { readonly outputs: number; readonly ownBias?: Node },
): ExpertOutput {
  const { expertWidth, width, heads, expansion } = shape;
  let x = tokens;
  prefix.memories.forEach((memory, layer) => {
    const name = `expert.${layer}`;
    const h = layerNorm(parameters, `${name}.attentionNorm`, x);
    const [q, k, v] = split(linear(parameters, `${name}.qkv`, h, 3 * width), [width, width, width], -1);
    const mixed = sharedAttention({ q, k, v }, heads, memory, prefix.bias, ownBias);
    x = add(x, linear(parameters, `${name}.attentionOut`, mixed, expertWidth));
    const normed = layerNorm(parameters, `${name}.mlpNorm`, x);
    x = add(x, mlp(parameters, `${name}.mlp`, normed, [expansion * expertWidth, expertWidth], "silu"));
  });
  const hidden = layerNorm(parameters, "expert.finalNorm", x);
  return { hidden, output: linear(parameters, "expert.out", hidden, outputs) };
}

/** Sines and cosines of the time at periods in geometric order; [.., count]. */
function timeFeatures(time: Node, count: number): Node {
  const { graph } = time;
  const half = count / 2;
  const { longest, shortest } = PERIODS;
  const frequencies = Float32Array.from(
    { length: half },
    (_, i) => (2 * Math.PI) / (shortest * (longest / shortest) ** (i / Math.max(1, half - 1))),
  );
  const angles = mul(reshape(time, [...time.shape, 1]), graph.constant(frequencies));
  const wave = (opType: "Sin" | "Cos"): Node => graph.apply(opType, [angles], [{ shape: angles.shape }])[0];
  return concat([wave("Sin"), wave("Cos")], -1);
}
