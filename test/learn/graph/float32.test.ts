import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import {
  dropout,
  erf,
  type FloatType,
  Graph,
  geluExact,
  gradients,
  mul,
  type Node,
  normaliseRows,
  sum,
} from "../../../src/learn/graph/index.ts";
import { encodeModel } from "../../../src/learn/onnx/index.ts";
import { InferenceSession } from "../../../src/learn/runtime.ts";

const ROWS = 5;
const WIDTH = 7;

describe("row normalisation in one operator", () => {
  it("has the value and the gradient of the composed one", async () => {
    const composed = await valueAndGradient("float64", (x) => normaliseRows(x));
    const fused = await valueAndGradient("float32", (x) => normaliseRows(x));
    expect(worst(fused.value, composed.value)).toBeLessThan(2e-6);
    expect(worst(fused.gradient, composed.gradient)).toBeLessThan(5e-6);
  });
});

describe("the exact GELU", () => {
  it("is x times the normal distribution function", async () => {
    const { value } = await run((graph) => geluExact(graph.constant([-2, -1, 0, 0.5, 3])));
    const expected = [-0.0455003, -0.1586553, 0, 0.3457312, 2.9959503]; // x Φ(x) from a table of Φ
    for (let i = 0; i < expected.length; i++) expect(value[i]).toBeCloseTo(expected[i], 6);
  });

  it("has the slope Φ(x) + x φ(x), and the error function 2/√π e^-x²", async () => {
    for (const [build, slope] of [
      [geluExact, (x: number) => cdf(x) + x * density(x)],
      [erf, (x: number) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
    ] as const) {
      const points = [-1.5, -0.3, 0.4, 1.1];
      const { value } = await run((graph) => {
        const x = graph.input("x", [points.length]);
        return gradients(sum(build(x)), [x])[0];
      }, points);
      points.forEach((x, i) => {
        expect(value[i]).toBeCloseTo(slope(x), 5);
      });
    }
  });
});

describe("dropout", () => {
  it("drops the share it is told to, scales up the rest, and draws anew at every run", async () => {
    const graph = new Graph();
    const x = graph.input("x", [10_000]);
    graph.output("y", dropout(x, 0.1, 3));
    graph.output("other", dropout(x, 0.1, 4));
    using session = await InferenceSession.load(encodeModel(graph.model()));
    const ones = { type: "float32" as const, dims: [10_000], data: new Float32Array(10_000).fill(1) };
    const first = await session.run({ x: ones });
    const second = await session.run({ x: ones });
    const values = first.y.data as Float32Array;
    const zeros = values.filter((value) => value === 0).length;
    expect(zeros).toBeGreaterThan(850);
    expect(zeros).toBeLessThan(1150);
    expect(new Set([...values].map((value) => value.toFixed(5)))).toEqual(new Set(["0.00000", "1.11111"]));
    expect([...values]).not.toEqual([...(second.y.data as Float32Array)]);
    expect([...values]).not.toEqual([...(first.other.data as Float32Array)]);
  });
});

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** The normal distribution function by the trapezoid rule from 0. */
function cdf(x: number): number {
  const steps = 4000;
  let area = 0;
  for (let i = 0; i < steps; i++) area += density(((i + 0.5) * x) / steps) * (x / steps);
  return 0.5 + area;
}

async function valueAndGradient(float: FloatType, build: (x: Node) => Node) {
  const rng = new Rng(5);
  const values = Array.from({ length: ROWS * WIDTH }, () => Math.fround(rng.normal(0.3, 2)));
  const weights = Array.from({ length: ROWS * WIDTH }, () => Math.fround(rng.normal()));
  const graph = new Graph(float);
  const x = graph.input("x", [ROWS, WIDTH]);
  const y = build(x);
  graph.output("value", y);
  graph.output("gradient", gradients(sum(mul(y, graph.constant(weights, [ROWS, WIDTH]))), [x])[0]);
  using session = await InferenceSession.load(encodeModel(graph.model()));
  const data = float === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  const result = await session.run({ x: { type: float, dims: [ROWS, WIDTH], data } });
  return { value: result.value.data as Float32Array, gradient: result.gradient.data as Float32Array };
}

async function run(build: (graph: Graph) => Node, x?: readonly number[]): Promise<{ value: Float32Array }> {
  const graph = new Graph();
  graph.output("value", build(graph));
  using session = await InferenceSession.load(encodeModel(graph.model()));
  const feeds =
    x === undefined ? {} : { x: { type: "float32" as const, dims: [x.length], data: Float32Array.from(x) } };
  return { value: (await session.run(feeds)).value.data as Float32Array };
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
