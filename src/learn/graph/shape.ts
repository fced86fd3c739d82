import { ContrappostoError } from "../../common/index.ts";

/**
 * A dimension: a length, or a symbol such as "batch" for a length that is known only when the session runs. Products
 * that contain symbols are written like "24*batch".
 */
export type Dim = number | string;

/** Dimensions of an array, outermost first; [] is a scalar. */
export type Shape = readonly Dim[];

/** Arrays that do not fit each other, found while a graph is built. */
export class ShapeError extends ContrappostoError {
  readonly code = "SHAPE";
}

/** "[batch, 65]". */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Whether two shapes are the same, symbols compared by name. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The shape of an elementwise result by numpy's rules. Throws `ShapeError` if the shapes do not broadcast. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new ShapeError(
      `${formatShape(a)} and ${formatShape(b)} do not broadcast.`,
      "Aligned at the right, two dimensions must be equal or one of them 1.",
    );
  });
}

/** The axis as a number from 0; negative ones count from the end. Throws `ShapeError` if there is no such axis. */
export function normaliseAxis(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(at) && at >= 0 && at < rank) return at;
  throw new ShapeError(`An array of rank ${rank} has no axis ${axis}.`, `Use ${-rank} to ${rank - 1}.`);
}

/** How many values an array has: a number, or a product such as "24*batch" if a dimension is symbolic. */
export function sizeOf(shape: Shape): Dim {
  let coefficient = 1;
  const symbols: string[] = [];
  for (const dim of shape) {
    if (typeof dim === "number") coefficient *= dim;
    else {
      const { factor, names } = factors(dim);
      coefficient *= factor;
      symbols.push(...names);
    }
  }
  if (symbols.length === 0 || coefficient === 0) return coefficient;
  return [...(coefficient === 1 ? [] : [String(coefficient)]), ...symbols.sort()].join("*");
}

/** The dimension as a number. Throws `ShapeError` for a symbol; `purpose` says who cannot do with one. */
export function knownDim(dim: Dim, purpose: string): number {
  if (typeof dim === "number") return dim;
  throw new ShapeError(
    `${purpose} needs a known dimension, not "${dim}".`,
    "Build the graph with a fixed number.",
  );
}

function factors(dim: string): { factor: number; names: string[] } {
  const [first = "", ...rest] = dim.split("*");
  const factor = Number(first);
  return Number.isNaN(factor) ? { factor: 1, names: [first, ...rest] } : { factor, names: rest };
}
