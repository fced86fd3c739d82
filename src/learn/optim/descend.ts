import { gradients } from "../graph/gradients.ts";
import type { Node, Operand } from "../graph/node.ts";
import { adam, adamInputs } from "./adam.ts";
import { clipByNorm } from "./gradient-norm.ts";
import { carry } from "./training-session.ts";

/**
 * One step of Adam down a loss, its gradient clipped, as part of the graph. Carries the parameters and Adam's state.
 *
 * @param flat the input that holds all parameters
 * @param size of it
 * @returns the gradient's norm before it was clipped
 */
export function descend(
  loss: Node,
  flat: Node,
  size: number,
  { learningRate, maxNorm }: { readonly learningRate: Operand; readonly maxNorm: number },
): Node {
  const { graph } = flat;
  const [gradient] = gradients(loss, [flat]);
  const clipped = clipByNorm(gradient, maxNorm);
  const before = adamInputs(graph, size);
  const after = adam(flat, clipped.gradient, before, learningRate);
  carry(graph, flat, after.parameters);
  for (const name of ["firstMoment", "secondMoment", "step"] as const)
    carry(graph, before[name], after.state[name]);
  return clipped.norm;
}
