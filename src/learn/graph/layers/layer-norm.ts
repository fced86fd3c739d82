import { attribute } from "../../onnx/index.ts";
import { constantInitialiser } from "../initialisers.ts";
import type { Node } from "../node.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/arithmetic.ts";
import { mean } from "../ops/reduction.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim } from "../shape.ts";

/** Each row to mean 0 and variance 1 along the last axis (Ba et al. 2016), without scale and shift. */
export function normaliseRows(x: Node, epsilon = 1e-5): Node {
  if (x.type === "float32") return normaliseRowsAtOnce(x, epsilon);
  const centred = sub(x, mean(x, [-1], true)); // ONNX Runtime's own operator reports float32 moments only
  return div(centred, sqrt(add(mean(square(centred), [-1], true), epsilon)));
}

/** `normaliseRows` with a learned scale and shift: parameters `name`.scale and `name`.shift. */
export function layerNorm(parameters: Parameters, name: string, x: Node): Node {
  const width = knownDim(x.shape.at(-1) ?? 1, `layer "${name}"`);
  const scale = parameters.get(`${name}.scale`, [width], constantInitialiser(1));
  const shift = parameters.get(`${name}.shift`, [width], constantInitialiser(0));
  return add(mul(normaliseRows(x), scale), shift);
}

/** One operator forward, and a backward pass on what it has computed. */
function normaliseRowsAtOnce(x: Node, epsilon: number): Node {
  const { graph } = x;
  const width = knownDim(x.shape.at(-1) ?? 1, "layer normalisation");
  const ones = graph.constant(new Float32Array(width).fill(1));
  const perRow = { shape: x.shape.with(-1, 1), type: x.type };
  const [y, , inverseDeviation] = graph.apply(
    "LayerNormalization",
    [x, ones],
    [{ shape: x.shape, type: x.type }, perRow, perRow],
    {
      attributes: { axis: attribute.int(-1), epsilon: attribute.float(epsilon) },
      pullback: ([g]) =>
        g === undefined
          ? []
          : [mul(inverseDeviation, sub(sub(g, mean(g, [-1], true)), mul(y, mean(mul(g, y), [-1], true))))],
    },
  );
  return y;
}
