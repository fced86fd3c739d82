import { constantInitialiser } from "../initialisers.ts";
import type { Node } from "../node.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/arithmetic.ts";
import { mean } from "../ops/reduction.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim } from "../shape.ts";

/** Each row to mean 0 and variance 1 along the last axis (Ba et al. 2016), without scale and shift. */
export function normaliseRows(x: Node, epsilon = 1e-5): Node {
  const centred = sub(x, mean(x, [-1], true));
  return div(centred, sqrt(add(mean(square(centred), [-1], true), epsilon)));
}

/** `normaliseRows` with a learned scale and shift: parameters `name`.scale and `name`.shift. */
export function layerNorm(parameters: Parameters, name: string, x: Node): Node {
  const width = knownDim(x.shape.at(-1) ?? 1, `layer "${name}"`);
  const scale = parameters.get(`${name}.scale`, [width], constantInitialiser(1));
  const shift = parameters.get(`${name}.shift`, [width], constantInitialiser(0));
  return add(mul(normaliseRows(x), scale), shift);
}
