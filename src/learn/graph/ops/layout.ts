import { attribute } from "../../onnx/index.ts";
import type { Node } from "../node.ts";
import { type Dim, formatShape, knownDim, normaliseAxis, type Shape, ShapeError } from "../shape.ts";
import { cast, expand, reshape } from "./broadcast.ts";

/** Axes in another order: axis i of the result is axis `order[i]` of `x`; by default the last two change places. */
export function transpose(x: Node, order: readonly number[] = swapLastTwo(x.shape.length)): Node {
  const rank = x.shape.length;
  const axes = order.map((axis) => normaliseAxis(axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank)
    throw new ShapeError(`[${order.join(", ")}] does not order ${rank} axes.`, "Name every axis once.");
  const shape = axes.map((axis) => x.shape[axis]);
  const inverse = axes.map((_, axis) => axes.indexOf(axis));
  const [y] = x.graph.apply("Transpose", [x], [{ shape, type: x.type }], {
    attributes: { perm: attribute.ints(axes) },
    pullback: ([g]) => [g && transpose(g, inverse)],
  });
  return y;
}

/** Arrays one after the other along an axis; all other dimensions must be equal. */
export function concat(parts: readonly Node[], axis: number): Node {
  const [first] = parts;
  if (parts.length === 1) return first;
  const at = normaliseAxis(axis, first.shape.length);
  for (const part of parts)
    if (
      part.shape.length !== first.shape.length ||
      part.shape.some((d, i) => i !== at && d !== first.shape[i])
    )
      throw new ShapeError(
        `${formatShape(part.shape)} does not join ${formatShape(first.shape)} along axis ${at}.`,
        "All other dimensions must be equal.",
      );
  const sizes = parts.map((part) => knownDim(part.shape[at], "concat"));
  const shape = first.shape.with(at, total(sizes));
  const [y] = first.graph.apply("Concat", parts, [{ shape, type: first.type }], {
    attributes: { axis: attribute.int(at) },
    pullback: ([g]) => (g === undefined ? [] : split(g, sizes, at)),
  });
  return y;
}

/** Consecutive parts of the given lengths along an axis. */
export function split(x: Node, sizes: readonly number[], axis: number): readonly Node[] {
  const at = normaliseAxis(axis, x.shape.length);
  if (sizes.length === 1 && sizes[0] === x.shape[at]) return [x];
  if (knownDim(x.shape[at], "split") !== total(sizes))
    throw new ShapeError(
      `Axis ${at} of ${formatShape(x.shape)} does not split into ${sizes.join(" + ")}.`,
      "The parts must sum to the dimension.",
    );
  const results = sizes.map((size) => ({ shape: x.shape.with(at, size), type: x.type }));
  const parts = x.graph.apply("Split", [x, x.graph.integers(sizes)], results, {
    attributes: { axis: attribute.int(at) },
    pullback: (gradients) => [
      concat(
        gradients.map((g, i) => g ?? zerosLike(parts[i])),
        at,
      ),
    ],
  });
  return parts;
}

/** The parts of length 1 along an axis, without that axis: the steps of a sequence. */
export function unstack(x: Node, axis: number): readonly Node[] {
  const at = normaliseAxis(axis, x.shape.length);
  const ones = Array<number>(knownDim(x.shape[at], "unstack")).fill(1);
  return split(x, ones, at).map((part) => reshape(part, x.shape.toSpliced(at, 1)));
}

/** Arrays of one shape as slices of a new axis. */
export function stack(parts: readonly Node[], axis: number): Node {
  return concat(
    parts.map((part) => reshape(part, part.shape.toSpliced(axis, 0, 1))),
    axis,
  );
}

/** The values from `start` to before `end` along an axis. */
export function slice(x: Node, start: number, end: number, axis: number): Node {
  const at = normaliseAxis(axis, x.shape.length);
  const length = knownDim(x.shape[at], "slice");
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length))
    throw new ShapeError(
      `Axis ${at} of ${formatShape(x.shape)} has no values ${start} to ${end}.`,
      `Keep 0 <= start < end <= ${length}.`,
    );
  if (start === 0 && end === length) return x;
  const { graph } = x;
  const range = [graph.integers([start]), graph.integers([end]), graph.integers([at])];
  const [y] = graph.apply("Slice", [x, ...range], [{ shape: x.shape.with(at, end - start), type: x.type }], {
    pullback: ([g]) => [g && pad(g, start, length - end, at)],
  });
  return y;
}

/** Zeros before and after, along an axis. */
export function pad(x: Node, before: number, after: number, axis: number): Node {
  const rank = x.shape.length;
  const at = normaliseAxis(axis, rank);
  const length = knownDim(x.shape[at], "pad");
  const amounts = Array<number>(2 * rank)
    .fill(0)
    .with(at, before)
    .with(at + rank, after);
  const shape = x.shape.with(at, before + length + after);
  const [y] = x.graph.apply("Pad", [x, x.graph.integers(amounts)], [{ shape, type: x.type }], {
    pullback: ([g]) => [g && slice(g, before, before + length, at)],
  });
  return y;
}

/**
 * Slices of `x` along an axis, picked by integer indices: axis `axis` of the result is replaced by the indices' shape.
 * Gradients of slices picked more than once add up.
 */
export function gather(x: Node, indices: Node, axis = 0): Node {
  const at = normaliseAxis(axis, x.shape.length);
  const shape = x.shape.toSpliced(at, 1, ...indices.shape);
  const [y] = x.graph.apply("Gather", [x, indices], [{ shape, type: x.type }], {
    attributes: { axis: attribute.int(at) },
    pullback: ([g]) => [g && scatter(g, indices, x, at)],
  });
  return y;
}

/** Zeros in the shape of `x`, with the slices of `g` added at `indices` along an axis: the transpose of `gather`. */
function scatter(g: Node, indices: Node, x: Node, axis: number): Node {
  const { graph } = x;
  // ScatterND adds along leading axes, so the gathered axis goes there and back.
  const toFront = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  const indexAxes = indices.shape.map((_, i) => axis + i);
  const gFront = transpose(g, [
    ...indexAxes,
    ...g.shape.map((_, i) => i).filter((i) => !indexAxes.includes(i)),
  ]);
  const frontShape = toFront.map((i) => x.shape[i]);
  const zeros = transpose(zerosLike(x), toFront);
  const positions = reshape(cast(indices, { type: "int64" }), [...indices.shape, 1]);
  const [y] = graph.apply("ScatterND", [zeros, positions, gFront], [{ shape: frontShape, type: x.type }], {
    attributes: { reduction: attribute.string("add") },
    operands: [gFront],
    pullback: ([h]) => [h && gather(h, indices, 0)],
  });
  return transpose(
    y,
    toFront.map((_, i) => toFront.indexOf(i)),
  );
}

/** Zeros in the shape of `x`. */
export function zerosLike(x: Node): Node {
  return expand(reshape(x.graph.constant(0, [], x.type), ones(x.shape)), x.shape, x);
}

function ones(shape: Shape): readonly Dim[] {
  return shape.map(() => 1);
}

function swapLastTwo(rank: number): number[] {
  return [...Array(rank).keys()].map((i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
