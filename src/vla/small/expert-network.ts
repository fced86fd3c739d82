import {
  add,
  concat,
  type Dim,
  linear,
  mlp,
  mul,
  type Node,
  normalInitialiser,
  normaliseRows,
  type Parameters,
  reshape,
  silu,
  split,
} from "../../learn/index.ts";
import type { NetworkShape } from "./network-shape.ts";
import type { Prefix } from "./prefix-network.ts";
import { crossAttention, sharedAttention } from "./shared-attention.ts";

/** What the expert makes of a chunk's tokens. */
export interface ExpertOutput {
  /** Last layer after its final norm, [batch, candidates, tokens, expertWidth]: where features come from. */
  readonly hidden: Node;
  /** A linear map of it, [batch, candidates, tokens, outputs]: clean actions or logits. */
  readonly output: Node;
}

/** Longest and shortest period of the flow time's sines, as in pi0. */
const PERIODS = { longest: 4, shortest: 4e-3 };

/**
 * Tokens of a noised chunk: its actions, a few a token, and the flow time, mixed by an MLP, as in pi0.
 *
 * @param chunk [batch, candidates, chunkHorizon, actions]
 * @param time  [batch, candidates], or [1, 1] for all alike
 */
export function chunkTokens(parameters: Parameters, chunk: Node, time: Node, shape: NetworkShape): Node {
  const { expertWidth: width, actionsPerToken } = shape;
  const [rows, columns] = time.shape;
  const [batch, candidates, horizon, actions] = chunk.shape as [Dim, Dim, number, number];
  const tokens = horizon / actionsPerToken;
  const grouped = reshape(chunk, [batch, candidates, tokens, actionsPerToken * actions]);
  const when = linear(parameters, "expert.time", timeFeatures(time, shape.timeFeatures), width);
  const what = linear(parameters, "expert.action", grouped, width);
  const mixed = silu(add(what, reshape(when, [rows, columns, 1, width])));
  const positions = parameters.get("expert.positions", [tokens, width], normalInitialiser(0.02));
  return add(linear(parameters, "expert.mix", mixed, width), positions);
}

/** The action expert: tokens of each candidate attend to the prefix, layer by layer, and to each other if there are several. */
export function expertNetwork(
  parameters: Parameters,
  tokens: Node,
  prefix: Prefix,
  shape: NetworkShape,
  { outputs, ownBias }: { readonly outputs: number; readonly ownBias?: Node },
): ExpertOutput {
  const { expertWidth, width, heads, expansion } = shape;
  let x = tokens;
  prefix.forEach((memory, layer) => {
    const name = `expert.${layer}`;
    const h = normaliseRows(x);
    const isAlone = tokens.shape[2] === 1;
    const [q, k, v] = isAlone
      ? [linear(parameters, `${name}.q`, h, width)]
      : split(linear(parameters, `${name}.qkv`, h, 3 * width), [width, width, width], -1);
    const mixed = isAlone
      ? crossAttention(q, heads, memory)
      : sharedAttention({ q, k, v }, heads, memory, ownBias);
    x = add(x, linear(parameters, `${name}.attentionOut`, mixed, expertWidth));
    const normed = normaliseRows(x);
    x = add(x, mlp(parameters, `${name}.mlp`, normed, [expansion * expertWidth, expertWidth], "silu"));
  });
  const hidden = normaliseRows(x);
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
