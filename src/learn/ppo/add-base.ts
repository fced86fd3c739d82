import { Graph } from "../graph/graph.ts";
import type { OnnxGraph, OnnxModel, OnnxNode } from "../onnx/index.ts";
import type { Example } from "./networks.ts";

/** What a policy's own answer is called once something is added to it. */
const SAID = "actions.said";

/**
 * The model of a policy to whose `actions` [batch, size] what an example says of `obs` is added, inside the file: as if the example had
 * been the actor's base from the beginning. Constants that the example names keep their names.
 *
 * @throws RangeError for a model without the input `obs`
 */
export function addBase(model: OnnxModel, base: Example): OnnxModel {
  const obs = model.graph.inputs.find(({ name }) => name === "obs");
  if (obs?.shape === undefined) throw new RangeError("The model has no input `obs` of a known shape.");
  const graph = new Graph();
  const shape = obs.shape.map((dim) => dim ?? "batch");
  graph.output("base", base(graph.input("obs", shape)));
  const added = renamed(graph.model().graph, (name) => (name === "obs" ? name : `base/${name}`));
  const said = renamed(model.graph, (name) => (name === "actions" ? SAID : name));
  return {
    ...model,
    graph: {
      ...model.graph,
      nodes: [
        ...said.nodes,
        ...added.nodes,
        { opType: "Add", inputs: [SAID, "base/base"], outputs: ["actions"] },
      ],
      initializers: [...model.graph.initializers, ...added.initializers],
    },
  };
}

/** Nodes and fixed arrays under other names; names that a dot divides were given, and stay. */
function renamed(
  { nodes, initializers }: OnnxGraph,
  rename: (name: string) => string,
): Pick<OnnxGraph, "nodes" | "initializers"> {
  const to = (name: string): string => (name === "" || name.includes(".") ? name : rename(name));
  return {
    nodes: nodes.map(
      (node): OnnxNode => ({
        ...node,
        inputs: node.inputs.map(to),
        outputs: node.outputs.map(to),
      }),
    ),
    initializers: initializers.map((tensor) => ({ ...tensor, name: to(tensor.name) })),
  };
}
