import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import {
  type ActivationName,
  activation,
  add,
  concat,
  dense,
  div,
  Graph,
  gather,
  gemm,
  gradients,
  matmul,
  mean,
  mlp,
  mul,
  multiHeadAttention,
  type Node,
  Parameters,
  patches,
  reshape,
  type Shape,
  ShapeError,
  slice,
  split,
  square,
  sum,
  transpose,
} from "../../../src/learn/graph/index.ts";
import { encodeModel, float32Tensor } from "../../../src/learn/onnx/index.ts";
import { InferenceSession } from "../../../src/learn/runtime.ts";
import { evaluate } from "../support/evaluate.ts";

describe("shapes", () => {
  const input = (...shape: Shape): Node => new Graph().input("x", shape);

  it.each<[string, Shape, (x: Node) => Node]>([
    ["broadcast from the right", [2, 3, 4], (x) => add(x, x.graph.constant([1, 2, 3], [3, 1]))],
    ["keep symbols", ["batch", 4], (x) => mul(x, 2)],
    ["multiply symbols", ["24*batch", 4], (x) => reshape(x, ["24*batch", 4])],
  ])("%s", (_, shape, build) => {
    expect(build(input(...shape)).shape).toEqual(shape);
  });

  it("of a dense layer are those of its rows", () => {
    const x = input(24, "batch", 65);
    expect(dense(x, x.graph.constant(new Float32Array(65 * 3), [65, 3])).shape).toEqual([24, "batch", 3]);
  });

  it.each<[string, Shape, (x: Node) => Node]>([
    ["dimensions that do not broadcast", [2, 3], (x) => add(x, x.graph.constant([1, 2]))],
    ["a symbol and a number", ["batch", 3], (x) => add(x, x.graph.constant(new Float32Array(6), [2, 3]))],
    ["inner dimensions that differ", [2, 3], (x) => matmul(x, x)],
    ["the same for gemm", [2, 3], (x) => gemm(x, x)],
    ["a gemm of stacks", [2, 3], (x) => gemm(x, x.graph.constant([1]))],
    ["another size", [2, 3], (x) => reshape(x, [5])],
    ["another symbol", ["batch", 3], (x) => reshape(x, ["time", 3])],
    ["an axis that is not there", [2, 3], (x) => sum(x, [2])],
    ["an order that forgets an axis", [2, 3], (x) => transpose(x, [0, 0])],
    ["parts that do not add up", [2, 3], (x) => split(x, [1, 1], 1)[0]],
    ["a slice beyond the end", [2, 3], (x) => slice(x, 1, 4, 1)],
    ["an empty slice", [2, 3], (x) => slice(x, 1, 1, 1)],
    ["joining along a symbol", ["batch", 3], (x) => concat([x, x], 0)],
    ["joining different rows", [2, 3], (x) => concat([x, transpose(x)], 0)],
    ["patches that do not tile", [1, 4, 6, 1], (x) => patches(x, 4)],
    ["heads that do not divide", [1, 2, 6], (x) => multiHeadAttention(new Parameters(x.graph), "a", x, x, 4)],
    ["types that do not mix", [2], (x) => add(x, x.graph.constant([1, 2], [2], "int64"))],
    ["a node of another graph", [2], (x) => add(x, new Graph().input("y", [2]))],
    ["a constant with too few values", [2], (x) => x.graph.constant([1, 2], [3])],
  ])("refuse %s", (_, shape, build) => {
    expect(() => build(input(...shape))).toThrow(ShapeError);
  });
});

describe("a graph", () => {
  it("refuses two values of one name", () => {
    const graph = new Graph();
    graph.input("x", [1]);
    expect(() => graph.input("x", [1])).toThrow(ShapeError);
  });

  it("refuses to become a model while a parameter is not bound", () => {
    const graph = new Graph();
    graph.output("y", mlp(new Parameters(graph), "net", graph.input("x", [1, 2]), [3]));
    expect(() => graph.model()).toThrow('"net.0.weight" is declared but not defined');
  });

  it("leaves out what its outputs do not need", () => {
    const graph = new Graph();
    const [x, y] = [graph.input("x", [2]), graph.input("y", [2])];
    square(y);
    graph.output("z", add(x, 1));
    const model = graph.model();
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(["Add"]);
  });

  it("gives out one value under several names, and inputs as they came", async () => {
    const { a, b, c } = await evaluate({ x: [2] }, { x: Float64Array.of(1, 2) }, ({ x }) => {
      const twice = mul(x, 2);
      return { a: twice, b: twice, c: x };
    });
    expect([a, b, c]).toEqual([
      [2, 4],
      [2, 4],
      [1, 2],
    ]);
  });

  it("carries weights under their names, and texts, into the file", () => {
    const graph = new Graph();
    const parameters = new Parameters(graph);
    graph.output("y", mlp(parameters, "net", graph.input("x", ["batch", 2]), [3, 1]));
    parameters.bindToValues(parameters.layout.initial(new Rng(1)));
    const model = graph.model("policy", { author: "somebody" });
    expect(model.graph.initializers.map(({ name }) => name)).toContain("net.1.weight");
    expect(model.metadata).toEqual({ author: "somebody" });
  });
});

describe("a batch of any size", () => {
  it("gives the gradient that a fixed batch gives", async () => {
    const rng = new Rng(3);
    const x = float32Tensor(
      "",
      [5, 3, 4],
      Float32Array.from({ length: 60 }, () => rng.normal()),
    );
    const run = async (batch: number | string) => {
      const graph = new Graph();
      const parameters = new Parameters(graph);
      const tokens = graph.input("x", [batch, 3, 4]);
      const mixed = multiHeadAttention(parameters, "attention", tokens, tokens, 2);
      const loss = mean(square(div(mlp(parameters, "net", mixed, [8, 2]), add(mean(square(tokens)), 1))));
      const flat = graph.input("parameters", [parameters.layout.size]);
      parameters.bindTo(flat);
      graph.output("gradient", gradients(loss, [flat])[0]);
      using session = await InferenceSession.load(encodeModel(graph.model()));
      const values = float32Tensor("", flat.shape as number[], parameters.layout.initial(new Rng(1)));
      return (await session.run({ x, parameters: values })).gradient.data as Float32Array;
    };
    const [fixed, open] = [await run(5), await run("batch")];
    expect(fixed.some((g) => Math.abs(g) > 0.01)).toBe(true);
    for (let i = 0; i < fixed.length; i++) expect(open[i]).toBeCloseTo(fixed[i], 6);
  });
});

describe("float32, with the operators that exist only there", () => {
  const names: ActivationName[] = ["elu", "relu", "tanh", "sigmoid", "silu", "gelu", "softplus", "identity"];
  it.each(names)("gives the value and both derivatives of float64 for %s", async (name) => {
    const values = Float64Array.from({ length: 41 }, (_, i) => (i - 20) / 6 + 0.01);
    const build = (x: Node) => {
      const y = activation(name)(x);
      const [slope] = gradients(sum(y), [x]);
      return { y, slope, curvature: gradients(sum(mul(slope, x)), [x])[0] };
    };
    const exact = await evaluate({ x: [41] }, { x: values }, ({ x }) => build(x));
    const graph = new Graph();
    for (const [output, node] of Object.entries(build(graph.input("x", [41])))) graph.output(output, node);
    using session = await InferenceSession.load(encodeModel(graph.model()));
    const rounded = await session.run({ x: float32Tensor("", [41], values) });
    for (const [output, expected] of Object.entries(exact))
      expected.forEach((value, i) => {
        expect(Number(rounded[output].data[i])).toBeCloseTo(value, 5);
      });
  });
});

describe("indices", () => {
  it("may be int32 and have any shape", async () => {
    const { y } = await evaluate({ x: [3] }, { x: Float64Array.of(5, 6, 7) }, ({ x }) => ({
      y: gather(x, x.graph.constant([2, 0, 1, 2], [2, 2], "int32")),
    }));
    expect(y).toEqual([7, 5, 6, 7]);
  });
});
