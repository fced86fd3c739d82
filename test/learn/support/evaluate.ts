import { Rng } from "../../../src/common/index.ts";
import { Graph } from "../../../src/learn/graph/graph.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import { encodeModel } from "../../../src/learn/onnx/index.ts";
import { InferenceSession, type TensorValue } from "../../../src/learn/runtime.ts";

/** Arrays by name. */
export type Arrays = Readonly<Record<string, Float64Array>>;

/** Names and shapes of a test's inputs. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Builds outputs from inputs of the same names as `Shapes`. */
export type Build = (inputs: Readonly<Record<string, Node>>, graph: Graph) => Readonly<Record<string, Node>>;

/** Builds a float64 graph with the given inputs and evaluates it as often as asked; dispose of it. */
export async function compile(
  shapes: Shapes,
  build: Build,
): Promise<Disposable & { run(arrays: Arrays): Promise<Record<string, number[]>> }> {
  const graph = new Graph("float64");
  const inputs = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, shape)]),
  );
  for (const [name, node] of Object.entries(build(inputs, graph))) graph.output(name, node);
  const session = await InferenceSession.load(encodeModel(graph.model()));
  return {
    run: async (arrays) => {
      const feeds = session.inputs.map(({ name }): [string, TensorValue] => [
        name,
        { type: "float64", dims: shapes[name], data: arrays[name] },
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]),
      );
    },
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

/** Evaluates once. */
export async function evaluate(
  shapes: Shapes,
  arrays: Arrays,
  build: Build,
): Promise<Record<string, number[]>> {
  using compiled = await compile(shapes, build);
  return await compiled.run(arrays);
}

/** Random arrays of the shapes, uniform in [low, high). */
export function randomArrays(shapes: Shapes, seed: number, low = -1, high = 1): Record<string, Float64Array> {
  const rng = new Rng(seed);
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.uniform(low, high)),
    ]),
  );
}
