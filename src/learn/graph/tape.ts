import type { Node, Operation } from "./node.ts";

/**
 * The operations that the given nodes depend on, each after those it depends on, and the nodes that no operation makes.
 * Declared values stand for what they are defined as.
 *
 * @param edges what an operation depends on: its inputs for its value, its operands for its gradient
 */
export function dependencies(
  nodes: readonly Node[],
  edges: "inputs" | "operands",
): { readonly operations: readonly Operation[]; readonly leaves: ReadonlySet<Node> } {
  const operations = new Set<Operation>();
  const leaves = new Set<Node>();
  // An explicit stack: the tape of an unrolled network is deeper than JavaScript's own.
  const stack = nodes.toReversed().map((node) => ({ node, isLeaving: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const node = top.node.graph.resolve(top.node);
    const { operation } = node;
    if (operation === undefined) leaves.add(node);
    else if (top.isLeaving) operations.add(operation);
    else if (!operations.has(operation)) {
      stack.push({ node, isLeaving: true });
      for (const before of operation[edges].toReversed())
        if (before !== undefined) stack.push({ node: before, isLeaving: false });
    }
  }
  return { operations: [...operations], leaves };
}
