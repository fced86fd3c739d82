import { attribute } from "../../onnx/index.ts";
import type { Node, Pullback } from "../node.ts";
import { type Dim, formatShape, normaliseAxis, type Shape, ShapeError, sameShape, sizeOf } from "../shape.ts";

/** The same values in another shape of the same size; symbolic sizes are compared by their symbols. */
export function reshape(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  if (sizeOf(x.shape) !== sizeOf(shape))
    throw new ShapeError(
      `${formatShape(x.shape)} cannot become ${formatShape(shape)}.`,
      "Old and new shape must have as many values.",
    );
  const target = x.graph.integers(reshapeTarget(shape));
  return unary("Reshape", [x, target], shape, ([g]) => [g && reshape(g, x.shape)]);
}

/** Repeats the array along dimensions of length 1, and adds outer ones, up to `shape`. */
export function expand(x: Node, shape: Shape, like: Node): Node {
  if (sameShape(x.shape, shape)) return x;
  const isKnown = shape.every((dim) => typeof dim === "number");
  const target = isKnown ? x.graph.integers(shape) : shapeOf(like);
  return unary("Expand", [x, target], shape, ([g]) => [g && sumTo(g, x.shape)]);
}

/** Sums over the given axes, by default all. The axes stay, of length 1, with `keepDims`. */
export function sum(x: Node, axes: readonly number[] = allAxes(x), keepDims = false): Node {
  if (axes.length === 0) return x;
  const reduced = new Set(axes.map((axis) => normaliseAxis(axis, x.shape.length)));
  const kept = x.shape.map((dim, i) => (reduced.has(i) ? 1 : dim));
  const shape = keepDims ? kept : x.shape.filter((_, i) => !reduced.has(i));
  return unary(
    "ReduceSum",
    [x, x.graph.integers([...reduced])],
    shape,
    ([g]) => [g && expand(reshape(g, kept), x.shape, x)],
    { keepdims: attribute.int(keepDims ? 1 : 0) },
  );
}

/** Sums what broadcasting had repeated, so that the gradient of an operand gets the operand's shape. */
export function sumTo(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const added = x.shape.length - shape.length;
  const axes = x.shape.flatMap((dim, i) => (i < added || (shape[i - added] === 1 && dim !== 1) ? [i] : []));
  return reshape(sum(x, axes, true), shape);
}

/** How many values `x` has along the axes, as a scalar of its type: a constant, or computed where symbolic. */
export function countAlong(x: Node, axes: readonly number[]): Node {
  const size = sizeOf(axes.map((axis) => x.shape[normaliseAxis(axis, x.shape.length)] as Dim));
  if (typeof size === "number") return x.graph.constant(size, [], x.type);
  const chosen = x.graph.integers(axes.map((axis) => normaliseAxis(axis, x.shape.length)));
  const [dims] = x.graph.apply("Gather", [shapeOf(x), chosen], [{ shape: [axes.length], type: "int64" }]);
  const [count] = x.graph.apply("ReduceProd", [dims], [{ shape: [], type: "int64" }], {
    attributes: { keepdims: attribute.int(0) },
  });
  return cast(count, x);
}

/** Numbers or booleans in the element type of `like` (1 for true); no gradient passes. */
export function cast(x: Node, like: Pick<Node, "type">): Node {
  if (x.type === like.type) return x;
  const code = { float32: 1, float64: 11, int32: 6, int64: 7, bool: 9 }[like.type as "float32"];
  const [y] = x.graph.apply("Cast", [x], [{ shape: x.shape, type: like.type }], {
    attributes: { to: attribute.int(code) },
  });
  return y;
}

/** The runtime shape of `x` as int64 [rank]. */
function shapeOf(x: Node): Node {
  const [shape] = x.graph.apply("Shape", [x], [{ shape: [x.shape.length], type: "int64" }]);
  return shape;
}

function allAxes(x: Node): number[] {
  return x.shape.map((_, i) => i);
}

function reshapeTarget(shape: Shape): number[] {
  if (shape.filter((dim) => typeof dim === "string").length > 1)
    throw new ShapeError(
      `Cannot reshape to ${formatShape(shape)}.`,
      "Only one dimension of the new shape may be symbolic.",
    );
  return shape.map((dim) => (typeof dim === "number" ? dim : -1));
}

function unary(
  opType: string,
  inputs: readonly Node[],
  shape: Shape,
  pullback: Pullback,
  attributes: Readonly<Record<string, ReturnType<typeof attribute.int>>> = {},
): Node {
  const [x] = inputs;
  const [y] = x.graph.apply(opType, inputs, [{ shape, type: x.type }], { attributes, pullback });
  return y;
}
