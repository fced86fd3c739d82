import type { Node } from "../graph/node.ts";
import { add, div, min, mul, sqrt } from "../graph/ops/arithmetic.ts";
import { sumOfSquares } from "../graph/ops/reduction.ts";

/**
 * A gradient shortened to at most `maxNorm`, its direction kept, and the norm that it had.
 *
 * @param gradient of all parameters, as one flat vector
 */
export function clipByNorm(
  gradient: Node,
  maxNorm: number,
): { readonly gradient: Node; readonly norm: Node } {
  const norm = sqrt(sumOfSquares(gradient));
  const scale = min(div(maxNorm, add(norm, 1e-6)), 1);
  return { gradient: mul(gradient, scale), norm };
}
