import type { Node, Operation } from "./node.ts";
import { add } from "./ops/arithmetic.ts";
import { zerosLike } from "./ops/layout.ts";
import { formatShape, ShapeError, sameShape } from "./shape.ts";
import { dependencies } from "./tape.ts";

/**
 * Appends the backward pass of a scalar to its graph, and returns its derivative by each of `parameters`, in their
 * shapes; zeros where the loss does not depend on one. Parameters are any nodes of the graph.
 * Throws `ShapeError` if the loss is no scalar.
 */
export function gradients(loss: Node, parameters: readonly Node[]): readonly Node[] {
  if (loss.shape.length > 0)
    throw new ShapeError(
      `A loss must be a scalar, not ${formatShape(loss.shape)}.`,
      "Reduce it with sum or mean first.",
    );
  const { resolve } = loss.graph;
  const cotangents = new Map<Node, Node>([[resolve(loss), loss.graph.constant(1, [], loss.type)]]);
  for (const operation of operationsBetween(loss, parameters)) pullBack(operation, cotangents);
  return parameters.map((parameter) => cotangents.get(resolve(parameter)) ?? zerosLike(parameter));
}

/** Moves the gradients of an operation's outputs on to its operands. */
function pullBack(operation: Operation, cotangents: Map<Node, Node>): void {
  const outputs = operation.outputs.map((output) => cotangents.get(output));
  if (operation.pullback === undefined || outputs.every((g) => g === undefined)) return;
  const pulled = operation.pullback(outputs);
  operation.operands.forEach((operand, i) => {
    const g = pulled[i];
    if (operand === undefined || g === undefined) return;
    if (!sameShape(g.shape, operand.shape))
      throw new ShapeError(
        `The gradient rule of ${operation.opType} gave ${formatShape(g.shape)} for ${formatShape(operand.shape)}.`,
        "Correct the rule.",
      );
    const node = operand.graph.resolve(operand);
    const sum = cotangents.get(node);
    cotangents.set(node, sum === undefined ? g : add(sum, g));
  });
}

/** The operations on the way from any parameter to the loss, last first. */
function operationsBetween(loss: Node, parameters: readonly Node[]): Operation[] {
  const { resolve } = loss.graph;
  const dependent = new Set(parameters.map(resolve));
  const forward = dependencies([loss], "operands").operations.filter((operation) => {
    const depends = operation.operands.some((node) => node !== undefined && dependent.has(resolve(node)));
    if (depends) for (const output of operation.outputs) dependent.add(output);
    return depends;
  });
  return forward.reverse();
}
