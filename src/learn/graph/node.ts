import type { OnnxAttribute, OnnxElementType } from "../onnx/index.ts";
import type { Graph } from "./graph.ts";
import type { Shape } from "./shape.ts";

/** A number format that has gradients. */
export type FloatType = "float32" | "float64";

/**
 * Gradients of an operation's operands from those of its outputs (undefined: no gradient flows there). Called once while
 * `gradients` walks the tape backward; what it emits is ordinary graph, so it can be differentiated again.
 */
export type Pullback = (outputs: readonly (Node | undefined)[]) => readonly (Node | undefined)[];

/** One ONNX operator on the tape. */
export interface Operation {
  readonly opType: string;
  /** Undefined leaves an optional input out. */
  readonly inputs: readonly (Node | undefined)[];
  readonly outputs: readonly Node[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
  /** What `pullback` returns gradients for: the inputs, or the operands of a composed function (`withGradient`). */
  readonly operands: readonly (Node | undefined)[];
  /** Absent where no gradient passes, as in comparisons. */
  readonly pullback: Pullback | undefined;
}

/** A value in a graph: an input, a constant, a parameter, or what an operation makes. Nothing is computed yet. */
export interface Node {
  readonly graph: Graph;
  readonly name: string;
  readonly type: OnnxElementType;
  readonly shape: Shape;
  /** What makes it; undefined for inputs and constants. */
  readonly operation: Operation | undefined;
}

/** What elementwise operators take: a node, or a number that becomes a scalar of the other operand's type. */
export type Operand = Node | number;
