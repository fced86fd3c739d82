import {
  add,
  cast,
  concat,
  type Dim,
  div,
  dotProductAttention,
  gather,
  greater,
  linear,
  max,
  mlp,
  mul,
  type Node,
  normalInitialiser,
  normaliseRows,
  type Parameters,
  reshape,
  silu,
  slice,
  split,
  stopGradient,
  sum,
} from "../../learn/index.ts";
import { glance } from "./glance.ts";
import type { NetworkShape } from "./network-shape.ts";
import { joinHeads, type PrefixMemory, splitHeads } from "./shared-attention.ts";

/** What the prefix reads; `batch` may be a symbol. */
export interface PrefixInputs {
  /** uint8 [batch, height, width, 3], in the spec's order of cameras. */
  readonly images: readonly Node[];
  /** int32 [batch, textTokens, textPieces] */
  readonly tokens: Node;
  /** Normalised, [batch, values] */
  readonly proprioception: Node;
}

/** What the prefix leaves for the expert: a memory per layer. */
export type Prefix = readonly PrefixMemory[];

/** An observation as read. */
export interface Reading {
  readonly prefix: Prefix;
  /** Where the first glance says that the thing is that the sentence speaks of, [batch, 2]. */
  readonly landmark: Node;
}

/**
 * Reads an observation: glances at the pictures, the landmark, the body's state and the sentence as tokens of one
 * transformer.
 *
 * @param seen [batch, 1, 1], 0 for observations whose glances are blanked once the landmark is found; absent: none is
 */
export function prefixNetwork(
  parameters: Parameters,
  inputs: PrefixInputs,
  shape: NetworkShape,
  seen?: Node,
): Reading {
  const summary = sentence(parameters, inputs.tokens, shape);
  const state = mlp(parameters, "state", inputs.proprioception, [shape.width, shape.width], "silu");
  const glances = glance(parameters, inputs.images, { summary, state }, shape);
  const single = (x: Node): Node => reshape(x, [x.shape[0], 1, shape.width]);
  const first = reshape(slice(glances, 0, 1, 1), [glances.shape[0], shape.width]);
  const landmark = mlp(parameters, "landmark", normaliseRows(first), [shape.width, 2], "silu");
  const pointed = shape.landmarkToken ? [single(pointToken(parameters, landmark, shape.width))] : [];
  let x = concat(
    [seen === undefined ? glances : mul(glances, seen), ...pointed, single(state), single(summary)],
    1,
  );
  const memories: PrefixMemory[] = [];
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = `prefix.${layer}`;
    const h = normaliseRows(x);
    const isLast = layer === shape.layers - 1;
    // Nobody reads what the last layer would make of the tokens; only its keys and values are needed.
    const parts = split(
      linear(parameters, `${name}.qkv`, h, (isLast ? 2 : 3) * shape.width),
      Array<number>(isLast ? 2 : 3).fill(shape.width),
      -1,
    ).map((part) => splitHeads(part, shape.heads));
    const [keys, values, queries] = parts;
    memories.push({ keys, values });
    if (isLast) break;
    const mixed = joinHeads(dotProductAttention(queries, keys, values));
    x = add(x, linear(parameters, `${name}.attentionOut`, mixed, shape.width));
    const normed = normaliseRows(x);
    const sizes = [shape.expansion * shape.width, shape.width];
    x = add(x, mlp(parameters, `${name}.mlp`, normed, sizes, "silu"));
  }
  return { prefix: memories, landmark };
}

/** Half periods of the sines and cosines that a landmark is written in, per landmark unit (10 cm). */
const WAVES = [1, 2];

/**
 * The landmark as a token. Two numbers are little to learn a scene by heart from; waves make a centimetre of them count. It
 * is what the landmark's own loss made it: chunks do not bend it.
 */
function pointToken(parameters: Parameters, landmark: Node, width: number): Node {
  const { graph } = landmark;
  const place = stopGradient(landmark);
  const waves = WAVES.flatMap((wave) => {
    const angle = mul(place, wave * Math.PI);
    return (["Sin", "Cos"] as const).map((op) => graph.apply(op, [angle], [{ shape: angle.shape }])[0]);
  });
  return mlp(parameters, "point", concat([place, ...waves], -1), [width, width], "silu");
}

/** What the sentence says, [batch, width]: words as the mean of their pieces, with a position each, through an MLP; their mean. */
function sentence(
  parameters: Parameters,
  pieces: Node,
  { width, textTokens: count, textPieces, textBuckets }: NetworkShape,
): Node {
  const batch: Dim = pieces.shape[0];
  const table = parameters.get("text.pieces", [textBuckets, width], normalInitialiser(0.05));
  const isPiece = cast(greater(pieces, 0), { type: pieces.graph.float });
  const found = sum(isPiece, [-1], true);
  const vectors = mul(gather(table, pieces), reshape(isPiece, [batch, count, textPieces, 1]));
  const words = div(sum(vectors, [2]), max(found, 1));
  const positions = parameters.get("text.positions", [count, width], normalInitialiser(0.02));
  const placed = add(words, positions);
  const tokens = add(
    placed,
    linear(parameters, "text.mix", silu(linear(parameters, "text.up", placed, width)), width),
  );
  const present = cast(greater(found, 0), { type: pieces.graph.float });
  return div(sum(mul(tokens, present), [1]), max(sum(present, [1]), 1));
}
