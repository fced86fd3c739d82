import fc from "fast-check";
import { expect, it } from "vitest";
import { normaliseRows } from "../../../src/learn/graph/layers/layer-norm.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import { elu, relu, sigmoid, softmax, softplus, tanh } from "../../../src/learn/graph/ops/activation.ts";
import {
  abs,
  add,
  div,
  exp,
  greater,
  max,
  mul,
  sqrt,
  square,
  sub,
  where,
} from "../../../src/learn/graph/ops/arithmetic.ts";
import { reshape, sum } from "../../../src/learn/graph/ops/broadcast.ts";
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
import { gemm, matmul } from "../../../src/learn/graph/ops/linear.ts";
import { mean, variance } from "../../../src/learn/graph/ops/reduction.ts";
import { gradientError } from "../support/gradient-check.ts";

/** Functions of two [3, 3] matrices to one, with results of moderate size. */
const BLOCKS: readonly ((x: Node, y: Node) => Node)[] = [
  (x, y) => add(x, y),
  (x, y) => sub(x, y),
  (x, y) => mul(tanh(x), y),
  (x, y) => div(x, add(square(y), 1)),
  (x, y) => max(x, y),
  (x, y) => where(greater(x, y), tanh(x), sigmoid(y)),
  (x, y) => mul(matmul(x, transpose(y)), 0.3),
  (x, y) => mul(gemm(x, y, { transA: true, c: sum(y, [0]) }), 0.3),
  (x, y) => add(mean(x, [1], true), y),
  (x, y) => softmax(add(x, y)),
  (x) => exp(tanh(x)),
  (x) => elu(x),
  (x) => add(relu(x), softplus(x)),
  (x) => sqrt(add(abs(x), 1)),
  (x, y) => add(variance(x, [0], true), y),
  (x) => normaliseRows(add(x, x.graph.constant([0, 1, 2], [3]))),
  (x, y) => slice(concat([x, y], 0), 2, 5, 0),
  (x, y) => add(pad(slice(x, 1, 3, 1), 0, 1, 1), y),
  (x, y) => concat([split(x, [1, 2], 1)[1], split(y, [1, 2], 1)[0]], 1),
  (x, y) => stack([...unstack(x, 0).slice(1), reshape(slice(y, 0, 1, 1), [3])], 1),
  (x, y) => gather(add(x, y), x.graph.constant([1, 1, 0], [3], "int64"), 0),
];

/** Each step applies a block to two earlier values, counted back from the newest. */
const program = fc.array(fc.tuple(fc.nat(BLOCKS.length - 1), fc.nat(3), fc.nat(3)), {
  minLength: 2,
  maxLength: 12,
});

it("differentiates whatever is composed of its operators", async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.nat(1000), async (steps, seed) => {
      const shapes = { x: [3, 3], y: [3, 3] };
      const build = ({ x, y }: Readonly<Record<string, Node>>): Node => {
        const values = [x, y];
        for (const [block, i, j] of steps)
          values.push(BLOCKS[block](values.at(-1 - i) ?? x, values.at(-1 - j) ?? y));
        return values[values.length - 1];
      };
      expect(await gradientError(shapes, build, { seed })).toBeLessThan(1e-5);
    }),
    { seed: 20240501, numRuns: 150 },
  );
});
