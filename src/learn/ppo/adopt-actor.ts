import type { ParameterLayout } from "../graph/parameters.ts";
import { decodeModel } from "../onnx/index.ts";
import { CheckpointError } from "./checkpoint.ts";
import { LOG_DEVIATION } from "./networks.ts";

/**
 * Puts the weights of a policy file into the actor's part of a flat parameter vector; the critic stays as it is.
 * Nothing changes if they do not fit.
 *
 * @param deviations standard deviation of each action, which policy files don't carry; undefined leaves it as it is
 * @throws CheckpointError where the file is not a policy of this network
 */
export function adoptActor(
  policy: Uint8Array,
  deviations: ArrayLike<number> | undefined,
  layout: ParameterLayout,
  parameters: Float32Array,
): void {
  const weights = new Map(decodeModel(policy).graph.initializers.map((tensor) => [tensor.name, tensor]));
  const entries = layout.entries.filter(({ name }) => name.startsWith("actor.") && name !== LOG_DEVIATION);
  const values = entries.map(({ name, shape }) => {
    const tensor = weights.get(name);
    if (tensor?.data instanceof Float32Array && tensor.dims.join() === shape.join()) return tensor.data;
    const found = tensor === undefined ? "is missing" : `is [${tensor.dims.join(", ")}]`;
    throw new CheckpointError(
      `The policy is of another network: "${name}" ${found}, not [${shape.join(", ")}].`,
      "Begin from a policy that this learner wrote, with the same network sizes.",
    );
  });
  entries.forEach(({ name }, i) => {
    layout.view(parameters, name).set(values[i]);
  });
  if (deviations === undefined) return;
  const logDeviation = layout.view(parameters, LOG_DEVIATION);
  for (let i = 0; i < logDeviation.length; i++) logDeviation[i] = Math.log(deviations[i]);
}
