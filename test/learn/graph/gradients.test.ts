import { describe, expect, it } from "vitest";
import { gradients } from "../../../src/learn/graph/gradients.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import {
  activation,
  elu,
  gelu,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "../../../src/learn/graph/ops/activation.ts";
import {
  abs,
  add,
  clip,
  div,
  exp,
  greater,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  sqrt,
  square,
  stopGradient,
  sub,
  where,
} from "../../../src/learn/graph/ops/arithmetic.ts";
import { expand, reshape, sum } from "../../../src/learn/graph/ops/broadcast.ts";
import {
  concat,
  gather,
  pad,
  slice,
  split,
  stack,
  transpose,
  unstack,
} from "../../../src/learn/graph/ops/layout.ts";
import { dense, gemm, matmul } from "../../../src/learn/graph/ops/linear.ts";
import { mean, sumOfSquares, variance } from "../../../src/learn/graph/ops/reduction.ts";
import { evaluate, type Shapes } from "../support/evaluate.ts";
import { gradientError } from "../support/gradient-check.ts";

const TOLERANCE = 1e-7;
const MATRIX = { x: [3, 4] };
const PAIR = { a: [2, 3, 4], b: [3, 1] };

type Inputs = Readonly<Record<string, Node>>;

describe("the gradient equals finite differences", () => {
  it.each<[string, Shapes, (inputs: Inputs) => Node]>([
    ["a sum of broadcast arrays", PAIR, ({ a, b }) => add(a, b)],
    ["a difference of broadcast arrays", PAIR, ({ a, b }) => sub(b, a)],
    ["a product of broadcast arrays", PAIR, ({ a, b }) => mul(a, b)],
    ["an array used twice", MATRIX, ({ x }) => mul(x, add(x, x))],
    ["the greater of two", PAIR, ({ a, b }) => max(a, b)],
    ["the lesser of two", PAIR, ({ a, b }) => min(b, a)],
    ["a choice by a condition", PAIR, ({ a, b }) => where(greater(a, 0.1), mul(a, a), b)],
    ["negation", MATRIX, ({ x }) => neg(x)],
    ["the exponential", MATRIX, ({ x }) => exp(x)],
    ["a square", MATRIX, ({ x }) => square(x)],
    ["a cube", MATRIX, ({ x }) => pow(x, 3)],
    ["the absolute value", MATRIX, ({ x }) => abs(x)],
    ["clipping", MATRIX, ({ x }) => mul(x, clip(x, -0.5, 0.4))],
    ["relu", MATRIX, ({ x }) => relu(x)],
    ["elu", MATRIX, ({ x }) => elu(x)],
    ["tanh", MATRIX, ({ x }) => tanh(x)],
    ["sigmoid", MATRIX, ({ x }) => sigmoid(x)],
    ["silu", MATRIX, ({ x }) => silu(x)],
    ["gelu", MATRIX, ({ x }) => gelu(x)],
    ["softplus", MATRIX, ({ x }) => softplus(x)],
    ["softmax", MATRIX, ({ x }) => softmax(x)],
    ["log-softmax", MATRIX, ({ x }) => logSoftmax(x)],
    ["a sum over all", MATRIX, ({ x }) => square(sum(x))],
    ["a sum over an inner axis", { x: [2, 3, 4] }, ({ x }) => square(sum(x, [1]))],
    ["a sum that keeps its axes", { x: [2, 3, 4] }, ({ x }) => mul(x, sum(x, [0, -1], true))],
    ["a mean", { x: [2, 3, 4] }, ({ x }) => square(mean(x, [0, 2]))],
    ["a variance", MATRIX, ({ x }) => variance(x, [-1], true)],
    ["a sum of squares", MATRIX, ({ x }) => sumOfSquares(x)],
    ["expansion", { x: [3, 1] }, ({ x }) => square(expand(x, [2, 3, 4], x))],
    ["another shape", MATRIX, ({ x }) => square(reshape(x, [2, 6]))],
    ["transposition", { x: [2, 3, 4] }, ({ x }) => square(transpose(x, [2, 0, 1]))],
    ["joining", { a: [2, 3], b: [2, 1] }, ({ a, b }) => square(concat([a, b, a], 1))],
    ["splitting, with a part unused", { x: [2, 5] }, ({ x }) => square(split(x, [1, 2, 2], -1)[1])],
    ["steps of a sequence", { x: [3, 2] }, ({ x }) => stack(unstack(x, 0).map(square).reverse(), 1)],
    ["a slice", { x: [2, 5] }, ({ x }) => square(slice(x, 1, 4, 1))],
    ["padding", { x: [2, 3] }, ({ x }) => square(pad(x, 2, 1, 1))],
    [
      "rows picked more than once",
      { x: [3, 2] },
      ({ x }) => square(gather(x, indices(x, [2, 0, 2, 1, 2], [5]))),
    ],
    [
      "columns picked by a matrix of indices",
      { x: [2, 3, 4] },
      ({ x }) => square(gather(x, indices(x, [2, 0, 2, 1], [2, 2]), 1)),
    ],
    ["a product of stacks of matrices", { a: [2, 3, 4], b: [4, 2] }, ({ a, b }) => matmul(a, b)],
    ["a product of broadcast stacks", { a: [2, 1, 3, 4], b: [3, 4, 2] }, ({ a, b }) => matmul(a, b)],
    ["a dense layer", { x: [2, 3, 4], w: [4, 2], b: [2] }, ({ x, w, b }) => square(dense(x, w, b))],
    ["gemm", { a: [3, 4], b: [4, 2], c: [3, 2] }, ({ a, b, c }) => square(gemm(a, b, { c }))],
    [
      "gemm, A transposed",
      { a: [4, 3], b: [4, 2], c: [2] },
      ({ a, b, c }) => gemm(a, b, { transA: true, c }),
    ],
    [
      "gemm, B transposed",
      { a: [3, 4], b: [2, 4], c: [1, 2] },
      ({ a, b, c }) => gemm(a, b, { transB: true, c }),
    ],
    [
      "gemm, both",
      { a: [4, 3], b: [2, 4] },
      ({ a, b }) => square(gemm(a, b, { transA: true, transB: true })),
    ],
  ])("of %s", async (_, shapes, build) => {
    expect(await gradientError(shapes, build)).toBeLessThan(TOLERANCE);
  });

  it.each<[string, (x: Node) => Node]>([
    ["the logarithm", log],
    ["the square root", sqrt],
    ["an inverse square root", (x) => pow(x, -0.5)],
    ["a quotient", (x) => div(slice(x, 0, 2, 1), slice(x, 2, 4, 1))],
  ])("of %s, on positive numbers", async (_, build) => {
    const range = { low: 0.5, high: 2 };
    expect(await gradientError(MATRIX, ({ x }) => build(x), range)).toBeLessThan(TOLERANCE);
  });

  it("of a gradient: the backward pass can be differentiated again", async () => {
    const slope = ({ x }: Inputs): Node => gradients(sum(mul(exp(x), tanh(x))), [x])[0];
    expect(await gradientError(MATRIX, slope)).toBeLessThan(TOLERANCE);
  });
});

describe("the gradient", () => {
  const at = { x: Float64Array.of(2, 3) };

  it("does not pass where it is stopped", async () => {
    const { g } = await evaluate({ x: [2] }, at, ({ x }) => ({
      g: gradients(sum(mul(x, stopGradient(x))), [x])[0],
    }));
    expect(g).toEqual([2, 3]);
  });

  it("is zero for what the loss does not depend on", async () => {
    const { g } = await evaluate({ x: [2], y: [1] }, { ...at, y: Float64Array.of(1) }, ({ x, y }) => ({
      g: gradients(sum(y), [x])[0],
    }));
    expect(g).toEqual([0, 0]);
  });

  it("of a value in the middle of the graph is that of the rest", async () => {
    const { g } = await evaluate({ x: [2] }, at, ({ x }) => {
      const middle = mul(x, 10);
      return { g: gradients(sum(square(middle)), [middle])[0] };
    });
    expect(g).toEqual([40, 60]);
  });

  it("is refused for a loss that is no scalar", async () => {
    await expect(evaluate({ x: [2] }, at, ({ x }) => ({ g: gradients(x, [x])[0] }))).rejects.toThrow(
      "scalar",
    );
  });

  it("knows the activations by name", async () => {
    const { y } = await evaluate({ x: [2] }, { x: Float64Array.of(-1, 2) }, ({ x }) => ({
      y: activation("relu")(x),
    }));
    expect(y).toEqual([0, 2]);
  });
});

function indices(x: Node, values: readonly number[], shape: readonly number[]): Node {
  return x.graph.constant(values, shape, "int64");
}
