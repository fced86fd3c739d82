import { attribute } from "../../onnx/index.ts";
import type { Node } from "../node.ts";
import { div, mul, square, sub } from "./arithmetic.ts";
import { countAlong, sum } from "./broadcast.ts";

/** The mean over the given axes, by default all. The axes stay, of length 1, with `keepDims`. */
export function mean(x: Node, axes: readonly number[] = x.shape.map((_, i) => i), keepDims = false): Node {
  return div(sum(x, axes, keepDims), countAlong(x, axes));
}

/** The population variance over the given axes, by default all. */
export function variance(
  x: Node,
  axes: readonly number[] = x.shape.map((_, i) => i),
  keepDims = false,
): Node {
  return mean(square(sub(x, mean(x, axes, true))), axes, keepDims);
}

/** Σ x² of all values, as a scalar. */
export function sumOfSquares(x: Node): Node {
  const [y] = x.graph.apply("ReduceSumSquare", [x], [{ shape: [], type: x.type }], {
    attributes: { keepdims: attribute.int(0) },
    pullback: ([g]) => [g && mul(g, mul(x, 2))],
  });
  return y;
}
