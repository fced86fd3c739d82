import { decodeModel, type ParameterLayout } from "../../learn/index.ts";
import type { NetworkSpec } from "./network.ts";
import { networkLayout } from "./training-graph.ts";

/** A network's weights, read back from its graphs. What is in none of those given is zero. */
export function weightsIn(
  graphs: readonly Uint8Array[],
  spec: NetworkSpec,
): { readonly layout: ParameterLayout; readonly weights: Float32Array } {
  const layout = networkLayout(spec);
  const weights = new Float32Array(layout.size);
  const known = new Set(layout.entries.map(({ name }) => name));
  for (const graph of graphs)
    for (const { name, data } of decodeModel(graph).graph.initializers)
      if (known.has(name)) layout.view(weights, name).set(data as Float32Array);
  return { layout, weights };
}
