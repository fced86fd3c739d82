import { attribute } from "../../onnx/index.ts";
import type { Node } from "../node.ts";
import {
  abs,
  add,
  exp,
  less,
  log,
  max,
  min,
  mul,
  neg,
  sign,
  square,
  sub,
  unary,
  withGradient,
} from "./arithmetic.ts";
import { cast, sum } from "./broadcast.ts";

/** An activation by the name that configurations use. */
export type ActivationName =
  | "elu"
  | "relu"
  | "tanh"
  | "sigmoid"
  | "silu"
  | "gelu"
  | "geluExact"
  | "softplus"
  | "identity";

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Node): Node {
  return unary("Relu", [x], (g, y) => mul(g, sign(y)));
}

/** x for x > 0, else e^x - 1. Its derivative follows from the value alone: 1 + min(y, 0). */
export function elu(x: Node): Node {
  if (x.type === "float32") return unary("Elu", [x], (g, y) => mul(g, eluSlope(y)));
  const y = add(sub(exp(min(x, 0)), 1), max(x, 0)); // ONNX Runtime has no double Elu
  return withGradient(y, [x], (g) => [mul(g, add(min(y, 0), 1))]);
}

/** 1 + min(y, 0) for y >= -1: the same as clipping 1 + y to [0, 1], for which there is one operator instead of two. */
function eluSlope(y: Node): Node {
  const [slope] = y.graph.apply("HardSigmoid", [y], [{ shape: y.shape, type: y.type }], {
    attributes: { alpha: attribute.float(1), beta: attribute.float(1) },
    pullback: ([g]) => [g && mul(g, cast(less(y, 0), g))],
  });
  return slope;
}

/** Hyperbolic tangent. */
export function tanh(x: Node): Node {
  return unary("Tanh", [x], (g, y) => mul(g, sub(1, square(y))));
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Node): Node {
  return unary("Sigmoid", [x], (g, y) => mul(g, mul(y, sub(1, y))));
}

/** x · sigmoid(x), also called swish. */
export function silu(x: Node): Node {
  return mul(x, sigmoid(x));
}

/** x · Φ(x) in the tanh approximation (Hendrycks and Gimpel 2016). */
export function gelu(x: Node): Node {
  const argument = mul(mul(x, add(mul(square(x), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  return mul(mul(x, 0.5), add(tanh(argument), 1));
}

/** The error function 2/√π ∫₀ˣ e^-s² ds; float32 only, as in ONNX Runtime. */
export function erf(x: Node): Node {
  return unary("Erf", [x], (g) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))));
}

/** x · Φ(x) with the exact normal distribution function, as PyTorch's GELU by default; float32 only. */
export function geluExact(x: Node): Node {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: Node): Node {
  const pull = (g: Node): Node => mul(g, sigmoid(x));
  if (x.type === "float32") return unary("Softplus", [x], pull);
  const y = add(max(x, 0), log(add(exp(neg(abs(x))), 1))); // ONNX Runtime has no double Softplus
  return withGradient(y, [x], (g) => [pull(g)]);
}

/** e^x over its sum along the last axis. */
export function softmax(x: Node): Node {
  return alongLastAxis("Softmax", x, (g, y) => {
    const product = mul(g, y);
    return sub(product, mul(y, sum(product, [-1], true)));
  });
}

/** The logarithm of `softmax(x)`, without loss for small probabilities. */
export function logSoftmax(x: Node): Node {
  return alongLastAxis("LogSoftmax", x, (g, y) => sub(g, mul(exp(y), sum(g, [-1], true))));
}

const ACTIVATIONS: Readonly<Record<ActivationName, (x: Node) => Node>> = {
  elu,
  relu,
  tanh,
  sigmoid,
  silu,
  gelu,
  geluExact,
  softplus,
  identity: (x) => x,
};

/** The activation function of this name. */
export function activation(name: ActivationName): (x: Node) => Node {
  return ACTIVATIONS[name];
}

function alongLastAxis(opType: string, x: Node, pull: (g: Node, y: Node) => Node): Node {
  const [y] = x.graph.apply(opType, [x], [{ shape: x.shape, type: x.type }], {
    attributes: { axis: attribute.int(-1) },
    pullback: ([g]) => [g && pull(g, y)],
  });
  return y;
}
