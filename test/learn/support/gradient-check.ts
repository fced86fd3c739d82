import { Rng } from "../../../src/common/index.ts";
import { gradients } from "../../../src/learn/graph/gradients.ts";
import type { Graph } from "../../../src/learn/graph/graph.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import { mul } from "../../../src/learn/graph/ops/arithmetic.ts";
import { sum } from "../../../src/learn/graph/ops/broadcast.ts";
import { type Arrays, compile, randomArrays, type Shapes } from "./evaluate.ts";

/** Where the random inputs lie, and the seed they come from. */
export interface CheckOptions {
  readonly low?: number;
  readonly high?: number;
  readonly seed?: number;
}

/**
 * The greatest difference between the graph's gradient and central finite differences, over all elements of all
 * inputs, in units of max(1, |gradient|). The function's result is weighted by fixed random numbers and summed, so
 * that each element of it has a gradient of its own.
 */
export async function gradientError(
  shapes: Shapes,
  build: (inputs: Readonly<Record<string, Node>>, graph: Graph) => Node,
  { low = -1, high = 1, seed = 1 }: CheckOptions = {},
): Promise<number> {
  const names = Object.keys(shapes);
  using compiled = await compile(shapes, (inputs, graph) => {
    const loss = weightedSum(build(inputs, graph), seed + 1);
    const parts = gradients(
      loss,
      names.map((name) => inputs[name]),
    );
    return { loss, ...Object.fromEntries(parts.map((part, i) => [`d_${names[i]}`, part])) };
  });
  const at = randomArrays(shapes, seed, low, high);
  const exact = await compiled.run(at);
  let worst = 0;
  for (const name of names)
    for (let i = 0; i < at[name].length; i++) {
      const numeric = await centralDifference(async (x) => (await compiled.run(x)).loss[0], at, name, i);
      const difference = Math.abs(numeric - exact[`d_${name}`][i]);
      worst = Math.max(worst, difference / Math.max(1, Math.abs(numeric)));
    }
  return worst;
}

async function centralDifference(
  loss: (at: Arrays) => Promise<number>,
  at: Arrays,
  name: string,
  i: number,
): Promise<number> {
  const step = 1e-6;
  const moved = async (by: number): Promise<number> =>
    loss({ ...at, [name]: at[name].with(i, at[name][i] + by) });
  return ((await moved(step)) - (await moved(-step))) / (2 * step);
}

function weightedSum(y: Node, seed: number): Node {
  const rng = new Rng(seed);
  const shape = y.shape as readonly number[];
  const count = shape.reduce((a, b) => a * b, 1);
  const weights = Float64Array.from({ length: count }, () => rng.uniform(0.5, 1.5));
  return sum(mul(y, y.graph.constant(weights, shape)));
}
