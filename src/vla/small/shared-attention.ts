import {
  add,
  concat,
  dotProductAttention,
  matmul,
  mul,
  type Node,
  reshape,
  sizeOf,
  softmax,
  split,
  transpose,
} from "../../learn/index.ts";

/** Keys and values that all candidates of an observation attend to: [batch, heads, keys, size] each. */
export interface PrefixMemory {
  readonly keys: Node;
  readonly values: Node;
}

/**
 * Attention of every candidate's tokens to the prefix and to the candidate's own tokens. Candidates are folded into the
 * query axis, so that the prefix is neither copied nor read once per candidate.
 *
 * @param q, k, v    [batch, candidates, tokens, heads · size]
 * @param ownBias    added to the scores among own tokens, [tokens, tokens]; undefined: all see all
 */
export function sharedAttention(
  { q, k, v }: { readonly q: Node; readonly k: Node; readonly v: Node },
  heads: number,
  prefix: PrefixMemory,
  ownBias?: Node,
): Node {
  const [batch, candidates, tokens, width] = q.shape;
  const size = (width as number) / heads;
  const perHead = (x: Node): Node =>
    transpose(reshape(x, [batch, candidates, tokens, heads, size]), [0, 3, 1, 2, 4]);
  const scaledQ = perHead(mul(q, 1 / Math.sqrt(size)));
  const [ownK, ownV] = [perHead(k), perHead(v)];
  const queries = sizeOf([candidates, tokens]);
  const folded = reshape(scaledQ, [batch, heads, queries, size]);
  const prefixScores = matmul(folded, transpose(prefix.keys));
  const own = matmul(scaledQ, transpose(ownK));
  const ownScores = reshape(ownBias === undefined ? own : add(own, ownBias), [batch, heads, queries, tokens]);
  const weights = softmax(concat([prefixScores, ownScores], -1));
  const [toPrefix, toOwn] = split(weights, [prefix.keys.shape[2] as number, tokens as number], -1);
  const ownWeights = reshape(toOwn, [batch, heads, candidates, tokens, tokens]);
  const fromOwn = reshape(matmul(ownWeights, ownV), [batch, heads, queries, size]);
  const mixed = reshape(add(matmul(toPrefix, prefix.values), fromOwn), [
    batch,
    heads,
    candidates,
    tokens,
    size,
  ]);
  return reshape(transpose(mixed, [0, 2, 3, 1, 4]), [batch, candidates, tokens, width]);
}

/**
 * Attention of candidates of one token each to the prefix. A token has nobody of its own to look at.
 *
 * @param q [batch, candidates, 1, heads · size]
 */
export function crossAttention(q: Node, heads: number, prefix: PrefixMemory): Node {
  const [batch, candidates, tokens, width] = q.shape;
  const size = (width as number) / heads;
  const folded = transpose(reshape(q, [batch, candidates, heads, size]), [0, 2, 1, 3]);
  const mixed = dotProductAttention(folded, prefix.keys, prefix.values);
  return reshape(transpose(mixed, [0, 2, 1, 3]), [batch, candidates, tokens, width]);
}

/** Tokens seen by each head for itself: [batch, tokens, width] to [batch, heads, tokens, width / heads]. */
export function splitHeads(x: Node, heads: number): Node {
  const [batch, tokens, width] = x.shape;
  return transpose(reshape(x, [batch, tokens, heads, (width as number) / heads]), [0, 2, 1, 3]);
}

/** What `splitHeads` took apart. */
export function joinHeads(x: Node): Node {
  const [batch, heads, tokens, size] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, tokens, (heads as number) * (size as number)]);
}
