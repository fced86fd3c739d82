import { attribute } from "../../onnx/index.ts";
import type { Node } from "../node.ts";
import { greaterOrEqual, mul } from "../ops/arithmetic.ts";
import { cast } from "../ops/broadcast.ts";

/**
 * Each value zeroed with probability `rate`, the others scaled up to keep the mean (Srivastava et al. 2014). For graphs
 * that train: leave it out of those that act. The draws follow from `seed` and the number of runs of the session.
 */
export function dropout(x: Node, rate: number, seed: number): Node {
  if (rate === 0) return x;
  const [uniform] = x.graph.apply("RandomUniformLike", [x], [{ shape: x.shape, type: x.type }], {
    attributes: { low: attribute.float(0), high: attribute.float(1), seed: attribute.float(seed) },
  });
  return mul(x, mul(cast(greaterOrEqual(uniform, rate), x), 1 / (1 - rate)));
}
