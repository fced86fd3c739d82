import { type Initialiser, uniformInitialiser } from "../initialisers.ts";
import type { Node } from "../node.ts";
import { type ActivationName, activation } from "../ops/activation.ts";
import { dense } from "../ops/linear.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim } from "../shape.ts";

/** A linear layer with bias: parameters `name`.weight [inputs, outputs] and `name`.bias [outputs]. */
export function linear(
  parameters: Parameters,
  name: string,
  x: Node,
  outputs: number,
  initialise?: Initialiser,
): Node {
  const inputs = knownDim(x.shape.at(-1) ?? 1, `layer "${name}"`);
  const uniform = uniformInitialiser(inputs);
  const weight = parameters.get(`${name}.weight`, [inputs, outputs], initialise ?? uniform);
  const bias = parameters.get(`${name}.bias`, [outputs], uniform);
  return dense(x, weight, bias);
}

/** Linear layers with an activation between each two: parameters `name`.0, `name`.1 ... The last layer is linear. */
export function mlp(
  parameters: Parameters,
  name: string,
  x: Node,
  sizes: readonly number[],
  activationName: ActivationName = "elu",
): Node {
  const activate = activation(activationName);
  return sizes.reduce((h, size, i) => {
    const y = linear(parameters, `${name}.${i}`, h, size);
    return i < sizes.length - 1 ? activate(y) : y;
  }, x);
}
