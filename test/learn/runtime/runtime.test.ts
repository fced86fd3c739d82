import { describe, expect, it } from "vitest";
import { attribute, encodeModel, float32Tensor, type OnnxModel } from "../../../src/learn/onnx/index.ts";
import {
  InferenceError,
  InferenceSession,
  loadNodeBackend,
  loadWebBackend,
  ModelRefusedError,
  RuntimeMissingError,
  SessionClosedError,
  TensorMismatchError,
  type TensorValue,
} from "../../../src/learn/runtime.ts";

/** y = x W + b for a batch of any size, and z = x. */
const affine: OnnxModel = {
  irVersion: 8,
  opsets: [{ domain: "", version: 17 }],
  metadata: {},
  graph: {
    name: "affine",
    inputs: [{ name: "x", type: "float32", shape: ["batch", 2] }],
    outputs: [
      { name: "y", type: "float32", shape: ["batch", 3] },
      { name: "z", type: "float32", shape: ["batch", 2] },
    ],
    initializers: [float32Tensor("W", [2, 3], [1, 2, 3, 4, 5, 6]), float32Tensor("b", [3], [0.5, 0, 0])],
    nodes: [
      { opType: "Gemm", inputs: ["x", "W", "b"], outputs: ["y"], attributes: { alpha: attribute.float(1) } },
      { opType: "Identity", inputs: ["x"], outputs: ["z"] },
    ],
  },
};
const bytes = encodeModel(affine);
const row = (...values: number[]): TensorValue => float32Tensor("", [1, values.length], values);

describe.each([
  ["Node", loadNodeBackend],
  ["the web", loadWebBackend],
])("InferenceSession with ONNX Runtime for %s", (_, backend) => {
  it("evaluates a graph that was written by hand", async () => {
    using session = await InferenceSession.load(bytes, { backend });
    const { y, z } = await session.run({ x: row(1, 10) });
    expect(y).toEqual({ type: "float32", dims: [1, 3], data: Float32Array.of(41.5, 52, 63) });
    expect(z.data).toEqual(Float32Array.of(1, 10));
  });

  it("reads and writes bound arrays in place, call after call", async () => {
    using session = await InferenceSession.load(bytes, { backend });
    const x = session.input("x", { batch: 2 });
    const y = session.output("y", { batch: 2 });
    const bound = session.bind({ x }, { y });
    for (let k = 0; k < 5; k++) {
      x.data.set([k, 0, 0, k] as never);
      await bound.run();
      expect([...y.data]).toEqual([k + 0.5, 2 * k, 3 * k, 4 * k + 0.5, 5 * k, 6 * k]);
    }
  });

  it("computes only the outputs that were asked for", async () => {
    using session = await InferenceSession.load(bytes, { backend });
    expect(Object.keys(await session.run({ x: row(1, 1) }, ["z"]))).toEqual(["z"]);
  });

  it("tells what it is fed and what it returns", async () => {
    using session = await InferenceSession.load(bytes, { backend });
    expect(session.inputs).toEqual([{ name: "x", type: "float32", dims: ["batch", 2] }]);
    expect(session.outputs.map((port) => port.name)).toEqual(["y", "z"]);
  });

  it("refuses damaged bytes", async () => {
    for (const damaged of [new Uint8Array(0), bytes.subarray(0, 100), new TextEncoder().encode("no model")])
      await expect(InferenceSession.load(damaged, { backend })).rejects.toThrow(ModelRefusedError);
  });

  it("falls back to the processor and says so when a provider is missing", async () => {
    using session = await InferenceSession.load(bytes, { backend, providers: ["nonsense"] });
    expect(session.notice).toMatch(/nonsense.*processor/);
    expect((await session.run({ x: row(0, 0) })).y.data).toEqual(Float32Array.of(0.5, 0, 0));
  });
});

describe("InferenceSession", () => {
  it("names what is wrong with a tensor before it runs", async () => {
    using session = await InferenceSession.load(bytes);
    const y = session.output("y", { batch: 1 });
    const wrong: [Record<string, TensorValue>, RegExp][] = [
      [{ x: row(1, 2, 3) }, /"x" is float32 \[batch, 2\], but float32 \[1, 3\] was given/],
      [{ X: row(1, 2) }, /no input "X".*x float32/],
      [{}, /"x" is missing/],
      [{ x: { type: "float32", dims: [2, 2], data: new Float32Array(3) } }, /needs 4 values, but 3/],
      [{ x: { type: "float64", dims: [1, 2], data: new Float64Array(2) } }, /float64/],
    ];
    for (const [inputs, message] of wrong) {
      expect(() => session.bind(inputs, { y })).toThrow(TensorMismatchError);
      await expect(session.run(inputs)).rejects.toThrow(message);
    }
    expect(() => session.output("y")).toThrow(/"batch".*is open/);
    expect(() => session.bind({ x: row(1, 2) }, { q: y })).toThrow(/no output "q"/);
  });

  it("turns a failure inside the graph into a typed error", async () => {
    using session = await InferenceSession.load(bytes);
    const bound = session.bind({ x: row(1, 2) }, { y: session.output("y", { batch: 2 }) });
    await expect(bound.run()).rejects.toThrow(InferenceError);
  });

  it("cannot be used after it was closed", async () => {
    const session = await InferenceSession.load(bytes);
    session[Symbol.dispose]();
    session[Symbol.dispose]();
    await expect(session.run({ x: row(1, 2) })).rejects.toThrow(SessionClosedError);
  });

  it("says when ONNX Runtime itself is missing", async () => {
    const backend = () => Promise.reject(new RuntimeMissingError("for Node", new Error("no such module")));
    await expect(InferenceSession.load(bytes, { backend })).rejects.toThrow(/npm ci/);
  });
});
