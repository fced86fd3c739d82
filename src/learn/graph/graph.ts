import {
  elementCount,
  ONNX_ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxElementType,
  type OnnxModel,
  type OnnxTensor,
  type OnnxTensorData,
} from "../onnx/index.ts";
import { toModel } from "./model.ts";
import type { FloatType, Node, Operand, Operation, Pullback } from "./node.ts";
import { formatShape, type Shape, ShapeError, sameShape } from "./shape.ts";

/** One result of an operation under construction. */
export interface Result {
  readonly shape: Shape;
  /** The graph's float type when absent. */
  readonly type?: OnnxElementType;
}

export interface OperationOptions {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly pullback?: Pullback;
  /** What `pullback` returns gradients for, if other than the inputs. */
  readonly operands?: readonly Node[];
}

/**
 * A computation under construction: the tape of a reverse-mode autodiff, and at the same time an ONNX graph. Operators
 * (`add(a, b)`, `dense(x, w)` ...) are functions that check shapes and append to the graph of their operands;
 * `gradients` appends the backward pass; `model` turns what the outputs need into a file for ONNX Runtime.
 */
export class Graph {
  /** Element type of everything that has a gradient. float64 serves to check gradients, float32 all else. */
  readonly float: FloatType;
  readonly #inputs: Node[] = [];
  readonly #outputs = new Map<string, Node>();
  readonly #constants = new Map<Node, OnnxTensor>();
  readonly #scalars = new Map<string, Node>();
  readonly #definitions = new Map<Node, Node>();
  readonly #names = new Set<string>();

  constructor(float: FloatType = "float32") {
    this.float = float;
  }

  /** A value that the caller feeds at each run. */
  input(name: string, shape: Shape, type: OnnxElementType = this.float): Node {
    const node = this.#node(this.#claim(name), shape, type);
    this.#inputs.push(node);
    return node;
  }

  /** A fixed array; a number makes a scalar, of which equal ones are shared. Values are copied. */
  constant(
    values: number | ArrayLike<number>,
    shape: readonly number[] = typeof values === "number" ? [] : [values.length],
    type: OnnxElementType = this.float,
    name = this.#fresh("constant"),
  ): Node {
    const list = typeof values === "number" ? [values] : values;
    if (list.length !== elementCount(shape))
      throw new ShapeError(
        `A constant of ${formatShape(shape)} got ${list.length} values.`,
        "Give as many values as the shape has.",
      );
    const key = `${type} ${formatShape(shape)} ${list[0]}`;
    const shared = list.length === 1 ? this.#scalars.get(key) : undefined;
    if (shared !== undefined) return shared;
    const node = this.#node(name, shape, type);
    this.#constants.set(node, { name, type, dims: shape, data: typedArray(type, list) });
    if (list.length === 1) this.#scalars.set(key, node);
    return node;
  }

  /** A value to compute with now and to `define` later, as parameters are that become slices of one vector. */
  declare(name: string, shape: Shape): Node {
    return this.#node(this.#claim(name), shape, this.float);
  }

  /** Says what a declared value is. Throws `ShapeError` if the shapes differ or it is defined already. */
  define(declared: Node, value: Node): void {
    if (!sameShape(declared.shape, this.#own(value).shape) || this.#definitions.has(declared))
      throw new ShapeError(
        `"${declared.name}" ${formatShape(declared.shape)} cannot be defined as ${formatShape(value.shape)}.`,
        "Define each declared value once, with a value of its shape.",
      );
    this.#definitions.set(declared, value);
  }

  /** What a declared value was defined as; any other node itself. */
  readonly resolve = (node: Node): Node => this.#definitions.get(node) ?? node;

  /** A vector of int64, as operators take for shapes, axes and indices. */
  integers(values: readonly number[]): Node {
    return this.constant(values, [values.length], "int64");
  }

  /** Appends an operator and returns its results. Shapes are the caller's claim: operators in `ops/` check them. */
  apply(
    opType: string,
    inputs: readonly (Node | undefined)[],
    results: readonly Result[],
    options: OperationOptions = {},
  ): readonly Node[] {
    for (const input of inputs) if (input !== undefined) this.#own(input);
    const outputs: Node[] = [];
    const operation: Operation = {
      opType,
      inputs,
      outputs,
      attributes: options.attributes ?? {},
      operands: options.operands ?? inputs,
      pullback: options.pullback,
    };
    for (const { shape, type } of results)
      outputs.push(this.#node(this.#fresh(opType), shape, type ?? this.float, operation));
    return outputs;
  }

  /** A node of this graph for an operand; a number becomes a scalar constant of `type`. */
  operand(value: Operand, type: OnnxElementType = this.float): Node {
    if (typeof value === "number") return this.constant(value, [], type);
    return this.#own(value);
  }

  /** Names a value that each run returns. */
  output(name: string, node: Node): void {
    this.#outputs.set(this.#claim(name), this.#own(node));
  }

  get inputs(): readonly Node[] {
    return this.#inputs;
  }

  get outputs(): ReadonlyMap<string, Node> {
    return this.#outputs;
  }

  /** The values of a constant node; undefined for any other node. */
  constantOf(node: Node): OnnxTensor | undefined {
    return this.#constants.get(node);
  }

  /**
   * What the outputs depend on, as an ONNX model; the rest, unused inputs included, is left out.
   *
   * @param metadata texts stored beside the graph
   */
  model(name = "graph", metadata: Readonly<Record<string, string>> = {}): OnnxModel {
    return toModel(this, name, metadata);
  }

  #node(name: string, shape: Shape, type: OnnxElementType, operation?: Operation): Node {
    return { graph: this, name, shape, type, operation };
  }

  #own(node: Node): Node {
    if (node.graph === this) return node;
    throw new ShapeError(`"${node.name}" belongs to another graph.`, "Build both operands in one graph.");
  }

  #claim(name: string): string {
    if (this.#names.has(name))
      throw new ShapeError(`The graph has two values called "${name}".`, "Give each its own name.");
    this.#names.add(name);
    return name;
  }

  #fresh(kind: string): string {
    let name: string;
    do name = `${kind}_${this.#names.size}`;
    while (this.#names.has(name));
    return this.#claim(name);
  }
}

function typedArray(type: OnnxElementType, values: ArrayLike<number>): OnnxTensorData {
  if (type === "int64") return BigInt64Array.from(values, BigInt);
  if (type === "uint64") return BigUint64Array.from(values, BigInt);
  return (ONNX_ELEMENT_TYPES[type].array as Float32ArrayConstructor).from(values);
}
