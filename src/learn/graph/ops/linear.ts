import { attribute } from "../../onnx/index.ts";
import type { Node } from "../node.ts";
import { broadcastShapes, formatShape, ShapeError, sizeOf } from "../shape.ts";
import { reshape, sumTo } from "./broadcast.ts";
import { transpose } from "./layout.ts";

/** How `gemm` reads its operands. */
export interface GemmOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** Added to the product, broadcast to its shape. */
  readonly c?: Node;
}

/** A · B + C of matrices, each of A and B read as transposed if so asked: the operator that everything dense runs on. */
export function gemm(a: Node, b: Node, options: GemmOptions = {}): Node {
  const { transA = false, transB = false, c } = options;
  const [m, k] = matrixShape(a, transA);
  const [kOther, n] = matrixShape(b, transB);
  if (k !== kOther) throw mismatch(a, b);
  if (c !== undefined) broadcastShapes([m, n], c.shape);
  const [y] = a.graph.apply("Gemm", c === undefined ? [a, b] : [a, b, c], [{ shape: [m, n], type: a.type }], {
    attributes: { transA: attribute.int(transA ? 1 : 0), transB: attribute.int(transB ? 1 : 0) },
    pullback: ([g]) =>
      g === undefined
        ? []
        : [
            transA ? gemm(b, g, { transA: transB, transB: true }) : gemm(g, b, { transB: !transB }),
            transB ? gemm(g, a, { transA: true, transB: transA }) : gemm(a, g, { transA: !transA }),
            c && sumTo(g, c.shape),
          ],
  });
  return y;
}

/** The matrix product over the last two axes; the leading axes broadcast. */
export function matmul(a: Node, b: Node): Node {
  if (a.shape.length === 2 && b.shape.length === 2) return gemm(a, b);
  const [m, k] = matrixShape(a, false);
  const [kOther, n] = matrixShape(b, false);
  if (k !== kOther) throw mismatch(a, b);
  const shape = [...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n];
  const [y] = a.graph.apply("MatMul", [a, b], [{ shape, type: a.type }], {
    pullback: ([g]) =>
      g === undefined
        ? []
        : [sumTo(matmul(g, transpose(b)), a.shape), sumTo(matmul(transpose(a), g), b.shape)],
  });
  return y;
}

/**
 * x · weight + bias for every row of `x`, whatever its leading axes.
 *
 * @param weight [inputs, outputs]
 * @param bias   [outputs]
 */
export function dense(x: Node, weight: Node, bias?: Node): Node {
  const leading = x.shape.slice(0, -1);
  const inputs = x.shape.at(-1) ?? 1;
  const rows = reshape(x, [sizeOf(leading), inputs]);
  const y = gemm(rows, weight, bias && { c: bias });
  return reshape(y, [...leading, weight.shape[1]]);
}

function matrixShape(
  x: Node,
  isTransposed: boolean,
): readonly [Node["shape"][number], Node["shape"][number]] {
  const rows = x.shape.at(-2);
  const columns = x.shape.at(-1);
  if (rows === undefined || columns === undefined)
    throw new ShapeError(`${formatShape(x.shape)} is no matrix.`, "Give it two axes with reshape.");
  return isTransposed ? [columns, rows] : [rows, columns];
}

function mismatch(a: Node, b: Node): ShapeError {
  return new ShapeError(
    `${formatShape(a.shape)} and ${formatShape(b.shape)} do not multiply.`,
    "The inner dimensions must be equal.",
  );
}
