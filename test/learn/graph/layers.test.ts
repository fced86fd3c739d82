import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import type { Graph } from "../../../src/learn/graph/graph.ts";
import { dotProductAttention, multiHeadAttention } from "../../../src/learn/graph/layers/attention.ts";
import { layerNorm, normaliseRows } from "../../../src/learn/graph/layers/layer-norm.ts";
import { lstm, lstmCell } from "../../../src/learn/graph/layers/lstm.ts";
import { mlp } from "../../../src/learn/graph/layers/mlp.ts";
import { patchEmbedding, patches } from "../../../src/learn/graph/layers/patch-embedding.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import { add } from "../../../src/learn/graph/ops/arithmetic.ts";
import { reshape } from "../../../src/learn/graph/ops/broadcast.ts";
import { slice } from "../../../src/learn/graph/ops/layout.ts";
import { Parameters } from "../../../src/learn/graph/parameters.ts";
import { evaluate, randomArrays, type Shapes } from "../support/evaluate.ts";
import { gradientError } from "../support/gradient-check.ts";

const TOLERANCE = 1e-7;

const LSTM: Shapes = {
  x: [4, 2, 3],
  h: [2, 5],
  c: [2, 5],
  input: [3, 20],
  recurrent: [5, 20],
  bias: [20],
};

describe("an LSTM", () => {
  it("computes what its equations say, and starts again where an episode begins", async () => {
    const at = { ...randomArrays(LSTM, 3), keep: Float64Array.of(1, 1, 1, 0, 0, 1, 1, 1) };
    const result = await evaluate({ ...LSTM, keep: [4, 2, 1] }, at, (inputs) => {
      const { input, recurrent, bias, h, c } = inputs;
      const { outputs, state } = lstm({ input, recurrent, bias }, inputs.x, { h, c }, inputs.keep);
      return { outputs, lastC: state.c };
    });
    const expected = referenceLstm(at);
    expect(maxDifference(result.outputs, expected.outputs)).toBeLessThan(1e-12);
    expect(maxDifference(result.lastC, expected.lastC)).toBeLessThan(1e-12);
  });

  it("has the gradient of finite differences through time and resets", async () => {
    const error = await gradientError(LSTM, ({ x, h, c, ...weights }, graph) => {
      const keep = graph.constant([1, 0, 1, 1, 0, 1, 1, 1], [4, 2, 1]);
      const { input, recurrent, bias } = weights;
      const { outputs, state } = lstm({ input, recurrent, bias }, x, { h, c }, keep);
      return add(outputs, state.c);
    });
    expect(error).toBeLessThan(TOLERANCE);
  });

  it("gives the same state step by step as over the sequence", async () => {
    const result = await evaluate(LSTM, randomArrays(LSTM, 5), ({ x, h, c, input, recurrent, bias }) => {
      const weights = { input, recurrent, bias };
      const whole = lstm(weights, x, { h, c }).state;
      const steps = [0, 1, 2, 3].reduce((state, t) => lstmCell(weights, at(x, t), state), { h, c });
      return { whole: whole.h, steps: steps.h };
    });
    expect(maxDifference(result.whole, result.steps)).toBeLessThan(1e-14);
  });
});

describe("the gradient equals finite differences", () => {
  it("of row normalisation", async () => {
    expect(await gradientError({ x: [3, 4] }, ({ x }) => normaliseRows(x))).toBeLessThan(TOLERANCE);
  });

  it("of attention, by queries, keys, values and bias", async () => {
    const shapes = { q: [2, 3, 4], k: [2, 5, 4], v: [2, 5, 2], bias: [3, 5] };
    const build = ({ q, k, v, bias }: Readonly<Record<string, Node>>): Node =>
      dotProductAttention(q, k, v, bias);
    expect(await gradientError(shapes, build)).toBeLessThan(TOLERANCE);
  });

  it("of a transformer block over image patches", async () => {
    const error = await gradientError({ image: [2, 4, 4, 1] }, ({ image }, graph) =>
      withRandomParameters(graph, (parameters) => {
        const tokens = patchEmbedding(parameters, "patches", image, 2, 6);
        const normal = layerNorm(parameters, "norm", tokens);
        const mixed = add(tokens, multiHeadAttention(parameters, "attention", normal, normal, 2));
        return add(mixed, mlp(parameters, "mlp", mixed, [8, 6], "gelu"));
      }),
    );
    expect(error).toBeLessThan(TOLERANCE);
  });

  it("of all parameters of a network", async () => {
    const shapes: Shapes = { flat: [6 * 4 + 4 + 4 * 2 + 2] };
    const error = await gradientError(shapes, ({ flat }, graph) => {
      const parameters = new Parameters(graph);
      const x = graph.constant(
        Array.from({ length: 18 }, (_, i) => Math.sin(i)),
        [3, 6],
      );
      const y = mlp(parameters, "net", x, [4, 2], "tanh");
      parameters.bindTo(flat);
      return y;
    });
    expect(error).toBeLessThan(TOLERANCE);
  });
});

describe("attention", () => {
  it("returns the value whose key matches, and ignores what the bias forbids", async () => {
    const { y } = await evaluate({ q: [1, 2] }, { q: Float64Array.of(60, 0) }, ({ q }, graph) => {
      const k = graph.constant([1, 0, 0, 1, 1, 0], [3, 2]);
      const v = graph.constant([7, 8, 9], [3, 1]);
      return { y: dotProductAttention(q, k, v, graph.constant([0, 0, -1e9], [1, 3])) };
    });
    expect(y[0]).toBeCloseTo(7, 12);
  });
});

describe("patches", () => {
  it("lie row by row, each with its own pixels", async () => {
    const image = Float64Array.from({ length: 16 }, (_, i) => i);
    const { y } = await evaluate({ x: [1, 4, 4, 1] }, { x: image }, ({ x }) => ({ y: patches(x, 2) }));
    expect(y).toEqual([0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15]);
  });
});

/** Builds with parameters that are all fixed to small random values. */
function withRandomParameters(graph: Graph, build: (parameters: Parameters) => Node): Node {
  const parameters = new Parameters(graph);
  const result = build(parameters);
  parameters.bindToValues(parameters.layout.initial(new Rng(1)));
  return result;
}

/** Step t of [time, batch, size]. */
function at(x: Node, t: number): Node {
  return reshape(slice(x, t, t + 1, 0), x.shape.slice(1));
}

function maxDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((x, i) => Math.abs(x - b[i])));
}

/** The LSTM of shape `LSTM`, one number at a time. */
function referenceLstm(v: Readonly<Record<string, Float64Array>>): { outputs: number[]; lastC: number[] } {
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const outputs: number[] = [];
  let h = [...v.h];
  let c = [...v.c];
  for (let t = 0; t < 4; t++) {
    const [nextH, nextC]: number[][] = [[], []];
    for (let b = 0; b < 2; b++)
      for (let unit = 0; unit < 5; unit++) {
        const keep = v.keep[t * 2 + b];
        const gates = [0, 1, 2, 3].map((gate) => {
          const column = gate * 5 + unit;
          let z = v.bias[column];
          for (let i = 0; i < 3; i++) z += v.x[(t * 2 + b) * 3 + i] * v.input[i * 20 + column];
          for (let j = 0; j < 5; j++) z += keep * h[b * 5 + j] * v.recurrent[j * 20 + column];
          return z;
        });
        const cell = sigmoid(gates[1]) * keep * c[b * 5 + unit] + sigmoid(gates[0]) * Math.tanh(gates[2]);
        nextC.push(cell);
        nextH.push(sigmoid(gates[3]) * Math.tanh(cell));
      }
    [h, c] = [nextH, nextC];
    outputs.push(...h);
  }
  return { outputs, lastC: c };
}
