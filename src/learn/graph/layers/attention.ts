import type { Node } from "../node.ts";
import { softmax } from "../ops/activation.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { reshape } from "../ops/broadcast.ts";
import { split, transpose } from "../ops/layout.ts";
import { matmul } from "../ops/linear.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim, ShapeError } from "../shape.ts";
import { linear } from "./mlp.ts";

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1): for every query, the values weighted by how well their
 * keys fit.
 *
 * @param q    [..., queries, size]
 * @param k    [..., keys, size]
 * @param v    [..., keys, valueSize]
 * @param bias added to the scores [..., queries, keys], broadcast: -1e9 where a query must not look
 */
export function dotProductAttention(q: Node, k: Node, v: Node, bias?: Node): Node {
  const size = knownDim(q.shape.at(-1) ?? 1, "attention");
  const scores = matmul(mul(q, 1 / Math.sqrt(size)), transpose(k));
  return matmul(softmax(bias === undefined ? scores : add(scores, bias)), v);
}

/**
 * Attention with several heads: queries from `x`, keys and values from `context`. Parameters `name`.query, `name`.keyValue
 * and `name`.output, each linear.
 *
 * @param x       [batch, tokens, width]
 * @param context [batch, contextTokens, contextWidth]; `x` itself for self-attention
 * @param bias    as in `dotProductAttention`, [batch, heads, tokens, contextTokens] or broadcast to it
 */
export function multiHeadAttention(
  parameters: Parameters,
  name: string,
  x: Node,
  context: Node,
  heads: number,
  bias?: Node,
): Node {
  const width = knownDim(x.shape[2], "attention");
  if (width % heads !== 0)
    throw new ShapeError(`${heads} heads do not share ${width} channels evenly.`, "Choose a divisor.");
  const q = linear(parameters, `${name}.query`, x, width);
  const [k, v] = split(linear(parameters, `${name}.keyValue`, context, 2 * width), [width, width], -1);
  const [perHeadQ, perHeadK, perHeadV] = [q, k, v].map((tokens) => splitHeads(tokens, heads));
  const mixed = transpose(dotProductAttention(perHeadQ, perHeadK, perHeadV, bias), [0, 2, 1, 3]);
  return linear(parameters, `${name}.output`, reshape(mixed, x.shape), width);
}

/** [batch, tokens, width] to [batch, heads, tokens, width / heads]. */
function splitHeads(x: Node, heads: number): Node {
  const [batch, tokens, width] = x.shape;
  const perHead = reshape(x, [batch, tokens, heads, knownDim(width, "attention") / heads]);
  return transpose(perHead, [0, 2, 1, 3]);
}
