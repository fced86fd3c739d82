import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "../onnx/index.ts";
import type { Graph } from "./graph.ts";
import type { Node, Operation } from "./node.ts";
import { ShapeError } from "./shape.ts";
import { dependencies } from "./tape.ts";

/** Operator set 17 and IR 8: read by every ONNX Runtime since 1.12 (2022), also those on robots. */
const OPSET = 17;
const IR_VERSION = 8;

/** What the outputs of `graph` depend on, as an ONNX model. Throws `ShapeError` for a declared value without definition. */
export function toModel(graph: Graph, name: string, metadata: Readonly<Record<string, string>>): OnnxModel {
  const { operations, leaves } = dependencies([...graph.outputs.values()], "inputs");
  const names = new OutputNames(graph);
  return {
    irVersion: IR_VERSION,
    opsets: [{ domain: "", version: OPSET }],
    producerName: "contrapposto",
    metadata,
    graph: {
      name,
      nodes: [...operations.map((operation) => toNode(graph, operation, names)), ...names.copies],
      initializers: constantsAmong(graph, leaves),
      inputs: graph.inputs.filter((node) => leaves.has(node)).map((node) => valueInfo(node, node.name)),
      outputs: [...graph.outputs].map(([output, node]) => valueInfo(node, output)),
    },
  };
}

/** The leaves' values. Throws `ShapeError` for a leaf that is neither constant nor input. */
function constantsAmong(graph: Graph, leaves: ReadonlySet<Node>): OnnxTensor[] {
  return [...leaves].flatMap((leaf) => {
    const constant = graph.constantOf(leaf);
    if (constant === undefined && !graph.inputs.includes(leaf))
      throw new ShapeError(`"${leaf.name}" is declared but not defined.`, "Bind the parameters first.");
    return constant ?? [];
  });
}

function toNode(graph: Graph, operation: Operation, names: OutputNames): OnnxNode {
  const nameOf = (node: Node | undefined): string =>
    node === undefined ? "" : names.of(graph.resolve(node));
  return {
    opType: operation.opType,
    inputs: operation.inputs.map(nameOf),
    outputs: operation.outputs.map(nameOf),
    attributes: operation.attributes,
  };
}

/** Gives values the names of the outputs they are; a value without operation, or with two names, is copied. */
class OutputNames {
  readonly copies: OnnxNode[] = [];
  readonly #names = new Map<Node, string>();

  constructor(graph: Graph) {
    for (const [output, declared] of graph.outputs) {
      const node = graph.resolve(declared);
      if (node.operation !== undefined && !this.#names.has(node)) this.#names.set(node, output);
      else this.copies.push({ opType: "Identity", inputs: [this.of(node)], outputs: [output] });
    }
  }

  of(node: Node): string {
    return this.#names.get(node) ?? node.name;
  }
}

function valueInfo(node: Node, name: string): OnnxValueInfo {
  return { name, type: node.type, shape: node.shape };
}
