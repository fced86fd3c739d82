import type { Node, Operand, Pullback } from "../node.ts";
import { broadcastShapes, ShapeError } from "../shape.ts";
import { cast, sumTo } from "./broadcast.ts";

/** a + b, broadcast. */
export function add(a: Operand, b: Operand): Node {
  return binary("Add", a, b, () => (g) => [g, g]);
}

/** a - b, broadcast. */
export function sub(a: Operand, b: Operand): Node {
  return binary("Sub", a, b, () => (g) => [g, neg(g)]);
}

/** a · b elementwise, broadcast. */
export function mul(a: Operand, b: Operand): Node {
  return binary("Mul", a, b, (x, y) => (g) => [mul(g, y), mul(g, x)]);
}

/** a / b elementwise, broadcast. */
export function div(a: Operand, b: Operand): Node {
  return binary("Div", a, b, (_, y, quotient) => (g) => {
    const perNumerator = div(g, y);
    return [perNumerator, neg(mul(perNumerator, quotient))];
  });
}

/** The greater of a and b; where they are equal the gradient goes to a. */
export function max(a: Operand, b: Operand): Node {
  return binary("Max", a, b, (x, y) => (g) => routed(g, greaterOrEqual(x, y)));
}

/** The lesser of a and b; where they are equal the gradient goes to a. */
export function min(a: Operand, b: Operand): Node {
  return binary("Min", a, b, (x, y) => (g) => routed(g, lessOrEqual(x, y)));
}

/** a raised to a constant power. */
export function pow(a: Node, exponent: number): Node {
  return unary("Pow", [a, a.graph.operand(exponent, a.type)], (g) =>
    mul(g, mul(pow(a, exponent - 1), exponent)),
  );
}

/** -x. */
export function neg(x: Node): Node {
  return unary("Neg", [x], neg);
}

/** e^x. */
export function exp(x: Node): Node {
  return unary("Exp", [x], (g, y) => mul(g, y));
}

/** Natural logarithm. */
export function log(x: Node): Node {
  return unary("Log", [x], (g) => div(g, x));
}

/** Square root. */
export function sqrt(x: Node): Node {
  return unary("Sqrt", [x], (g, y) => div(mul(g, 0.5), y));
}

/** x². */
export function square(x: Node): Node {
  return unary("Mul", [x, x], (g) => mul(g, mul(x, 2)));
}

/** |x|; the gradient at 0 is 0. */
export function abs(x: Node): Node {
  return unary("Abs", [x], (g) => mul(g, sign(x)));
}

/** -1, 0 or 1; no gradient passes. */
export function sign(x: Node): Node {
  return unary("Sign", [x]);
}

/** x kept within [low, high]; outside, no gradient passes. */
export function clip(x: Node, low: number, high: number): Node {
  const bounds = [x.graph.operand(low, x.type), x.graph.operand(high, x.type)];
  return unary("Clip", [x, ...bounds], (g) =>
    mul(mul(g, cast(greaterOrEqual(x, low), g)), cast(lessOrEqual(x, high), g)),
  );
}

/** a where the condition holds, else b; all three broadcast, gradients go to the one chosen. */
export function where(condition: Node, a: Operand, b: Operand): Node {
  const [x, y] = operands(condition.graph, a, b);
  const shape = broadcastShapes(condition.shape, broadcastShapes(x.shape, y.shape));
  const pullback: Pullback = ([g]) => [
    undefined,
    g && sumTo(where(condition, g, 0), x.shape),
    g && sumTo(where(condition, 0, g), y.shape),
  ];
  const [z] = condition.graph.apply("Where", [condition, x, y], [{ shape, type: x.type }], { pullback });
  return z;
}

/** a > b as booleans. */
export function greater(a: Operand, b: Operand): Node {
  return comparison("Greater", a, b);
}

/** a >= b as booleans. */
export function greaterOrEqual(a: Operand, b: Operand): Node {
  return comparison("GreaterOrEqual", a, b);
}

/** a < b as booleans. */
export function less(a: Operand, b: Operand): Node {
  return comparison("Less", a, b);
}

/** a <= b as booleans. */
export function lessOrEqual(a: Operand, b: Operand): Node {
  return comparison("LessOrEqual", a, b);
}

/** The same values, through which no gradient passes. */
export function stopGradient(x: Node): Node {
  return unary("Identity", [x]);
}

/**
 * The same value with a gradient rule of its own: for a function whose derivative is simpler, or more exact, than what
 * follows from the operators that compute it.
 *
 * @param pull gradients of the operands, in their shapes, from the gradient of the value
 */
export function withGradient(
  value: Node,
  operands: readonly Node[],
  pull: (g: Node) => readonly Node[],
): Node {
  const [y] = value.graph.apply("Identity", [value], [{ shape: value.shape, type: value.type }], {
    operands,
    pullback: ([g]) => (g === undefined ? [] : pull(g)),
  });
  return y;
}

/**
 * An operator of one differentiable operand, the first input.
 *
 * @param pull the operand's gradient from the result's gradient `g` and the result `y`; without it, none passes
 */
export function unary(opType: string, inputs: readonly Node[], pull?: (g: Node, y: Node) => Node): Node {
  const [x] = inputs;
  const pullback: Pullback | undefined = pull && (([g]) => [g && pull(g, y)]);
  const [y] = x.graph.apply(opType, inputs, [{ shape: x.shape, type: x.type }], {
    ...(pullback && { pullback }),
  });
  return y;
}

type BinaryPull = (x: Node, y: Node, result: Node) => (g: Node) => readonly [Node, Node];

function binary(opType: string, a: Operand, b: Operand, pull: BinaryPull): Node {
  const graph = graphOf(a, b);
  const [x, y] = operands(graph, a, b);
  const pullback: Pullback = ([g]) => {
    if (g === undefined) return [];
    const [gx, gy] = pull(x, y, result)(g);
    return [sumTo(gx, x.shape), sumTo(gy, y.shape)];
  };
  const shape = broadcastShapes(x.shape, y.shape);
  const [result] = graph.apply(opType, [x, y], [{ shape, type: x.type }], { pullback });
  return result;
}

function comparison(opType: string, a: Operand, b: Operand): Node {
  const graph = graphOf(a, b);
  const [x, y] = operands(graph, a, b);
  const shape = broadcastShapes(x.shape, y.shape);
  const [result] = graph.apply(opType, [x, y], [{ shape, type: "bool" }]);
  return result;
}

/** The gradient for whichever of two operands was chosen. */
function routed(g: Node, isFirst: Node): [Node, Node] {
  const share = cast(isFirst, g);
  return [mul(g, share), mul(g, sub(1, share))];
}

function graphOf(a: Operand, b: Operand): Node["graph"] {
  if (typeof a !== "number") return a.graph;
  if (typeof b !== "number") return b.graph;
  throw new ShapeError(`${a} and ${b} are both plain numbers.`, "Give at least one node of a graph.");
}

/** Both operands as nodes of one element type. */
function operands(graph: Node["graph"], a: Operand, b: Operand): [Node, Node] {
  const type = typeof a !== "number" ? a.type : typeof b !== "number" ? b.type : graph.float;
  const x = graph.operand(a, type);
  const y = graph.operand(b, type);
  if (x.type === y.type) return [x, y];
  throw new ShapeError(`${x.type} and ${y.type} do not mix.`, "Cast one of them.");
}
