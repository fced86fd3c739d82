import {
  add,
  cast,
  concat,
  type Dim,
  div,
  dotProductAttention,
  gather,
  greater,
  layerNorm,
  linear,
  max,
  mlp,
  mul,
  type Node,
  normalInitialiser,
  type Parameters,
  pad,
  patchEmbedding,
  reshape,
  silu,
  split,
  sub,
  sum,
  transpose,
} from "../../learn/index.ts";
import type { NetworkShape } from "./network-shape.ts";
import type { PrefixMemory } from "./shared-attention.ts";

/** What the prefix reads; `batch` may be a symbol. */
export interface PrefixInputs {
  /** uint8 [batch, height, width, 3], in the spec's order of cameras. */
  readonly images: readonly Node[];
  /** int32 [batch, textTokens, textPieces] */
  readonly tokens: Node;
  /** Normalised, [batch, values] */
  readonly proprioception: Node;
}

/** What the prefix leaves for the expert: a memory per layer, and which of its keys are padding. */
export interface Prefix {
  readonly memories: readonly PrefixMemory[];
  /** [batch, 1, 1, keys]: 0, or -1e9 at padding. */
  readonly bias: Node;
}

/** Reads an observation: patches, words and the body's state as tokens of one transformer that looks in all directions. */
export function prefixNetwork(parameters: Parameters, inputs: PrefixInputs, shape: NetworkShape): Prefix {
  const text = textTokens(parameters, inputs.tokens, shape);
  const seen = inputs.images.map((image, i) =>
    marked(parameters, imageTokens(parameters, image, i, shape), text.summary, shape),
  );
  const state = stateToken(parameters, inputs.proprioception, shape);
  let x = concat([...seen, state, text.tokens], 1);
  const [batch, keys] = x.shape;
  const padding = mul(sub(text.isWord, 1), 1e9);
  const bias = reshape(pad(padding, (keys as number) - shape.textTokens, 0, 1), [batch, 1, 1, keys]);
  const memories: PrefixMemory[] = [];
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = `prefix.${layer}`;
    const h = layerNorm(parameters, `${name}.attentionNorm`, x);
    const isLast = layer === shape.layers - 1;
    // Nobody reads what the last layer would make of the tokens; only its keys and values are needed.
    const parts = split(
      linear(parameters, `${name}.qkv`, h, (isLast ? 2 : 3) * shape.width),
      Array<number>(isLast ? 2 : 3).fill(shape.width),
      -1,
    ).map((part) => perHead(part, shape.heads));
    const [keys, values, queries] = parts;
    memories.push({ keys, values });
    if (isLast) break;
    const mixed = transpose(dotProductAttention(queries, keys, values, bias), [0, 2, 1, 3]);
    x = add(x, linear(parameters, `${name}.attentionOut`, reshape(mixed, x.shape), shape.width));
    const normed = layerNorm(parameters, `${name}.mlpNorm`, x);
    const sizes = [shape.expansion * shape.width, shape.width];
    x = add(x, mlp(parameters, `${name}.mlp`, normed, sizes, "silu"));
  }
  return { memories, bias };
}

function imageTokens(parameters: Parameters, image: Node, camera: number, shape: NetworkShape): Node {
  const pixels = sub(mul(cast(image, { type: image.graph.float }), 1 / 127.5), 1);
  const tokens = patchEmbedding(parameters, "patch", pixels, shape.patchSize, shape.width);
  const small = normalInitialiser(0.02);
  const count = tokens.shape[1] as number;
  return add(tokens, parameters.get(`camera.${camera}.positions`, [count, shape.width], small));
}

/**
 * Patches scaled and shifted by what the sentence says, before anybody looks at them (FiLM, Perez et al. 2018): a colour
 * word times a coloured patch is what a transformer of this size takes very long to find by attention alone.
 */
function marked(parameters: Parameters, tokens: Node, summary: Node, { width }: NetworkShape): Node {
  const batch: Dim = tokens.shape[0];
  const [scale, shift] = split(linear(parameters, "film.words", summary, 2 * width), [width, width], -1).map(
    (part) => reshape(part, [batch, 1, width]),
  );
  const said = add(
    mul(linear(parameters, "film.patches", layerNorm(parameters, "film.norm", tokens), width), scale),
    shift,
  );
  return add(tokens, linear(parameters, "film.out", silu(said), width));
}

function stateToken(parameters: Parameters, proprioception: Node, shape: NetworkShape): Node {
  const hidden = mlp(parameters, "state", proprioception, [shape.width, shape.width], "silu");
  return reshape(hidden, [proprioception.shape[0], 1, shape.width]);
}

/** Words as the mean of their pieces, with a position each, through an MLP; 1 where there is a word, else 0; their mean [batch, width]. */
function textTokens(
  parameters: Parameters,
  pieces: Node,
  { width, textTokens: count, textPieces, textBuckets }: NetworkShape,
): { readonly tokens: Node; readonly isWord: Node; readonly summary: Node } {
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
  const isWord = reshape(cast(greater(found, 0), { type: pieces.graph.float }), [batch, count]);
  const present = reshape(isWord, [batch, count, 1]);
  const summary = div(sum(mul(tokens, present), [1]), max(sum(present, [1]), 1));
  return { tokens, isWord, summary };
}

/** [batch, tokens, width] to [batch, heads, tokens, width / heads]. */
function perHead(x: Node, heads: number): Node {
  const [batch, tokens, width] = x.shape;
  return transpose(reshape(x, [batch, tokens, heads, (width as number) / heads]), [0, 2, 1, 3]);
}
