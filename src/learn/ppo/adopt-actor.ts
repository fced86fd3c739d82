import type { ParameterLayout } from "../graph/parameters.ts";
import { decodeModel } from "../onnx/index.ts";
import { CheckpointError } from "./checkpoint.ts";
import { ACTOR, LOG_DEVIATION } from "./networks.ts";
import type { Normaliser } from "./normaliser.ts";
import { OBS_MEAN, OBS_SCALE } from "./policy-graph.ts";

/**
 * Puts the weights of a policy file into the actor's part of a flat parameter vector; the critic stays as it is.
 * Nothing changes if they do not fit.
 *
 * @param deviations standard deviation of each action, which policy files don't carry; undefined leaves it as it is
 * @param normaliser takes the file's normalisation, or none if it has none; from then on it hardly moves
 * @throws CheckpointError where the file is not a policy of this network
 */
export function adoptActor(
  policy: Uint8Array,
  deviations: ArrayLike<number> | undefined,
  layout: ParameterLayout,
  parameters: Float32Array,
  normaliser: Normaliser | undefined,
): void {
  const weights = new Map(decodeModel(policy).graph.initializers.map((tensor) => [tensor.name, tensor]));
  const entries = layout.entries.filter(({ name }) => name.startsWith(ACTOR) && name !== LOG_DEVIATION);
  const values = entries.map(({ name, shape }) => {
    const tensor = weights.get(name);
    if (tensor?.data instanceof Float32Array && tensor.dims.join() === shape.join()) return tensor.data;
    const found = tensor === undefined ? "is missing" : `is [${tensor.dims.join(", ")}]`;
    throw new CheckpointError(
      `The policy is of another network: "${name}" ${found}, not [${shape.join(", ")}].`,
      "Begin from a policy that this learner wrote, with the same network sizes.",
    );
  });
  if (normaliser !== undefined) adoptNormalisation(weights, normaliser);
  else if (weights.has(OBS_MEAN))
    throw new CheckpointError(
      "The policy's network sees normalised observations, this learner's does not.",
      "Set ppo.normaliseObservations in the config of the run.",
    );
  entries.forEach(({ name }, i) => {
    layout.view(parameters, name).set(values[i]);
  });
  if (deviations === undefined) return;
  const logDeviation = layout.view(parameters, LOG_DEVIATION);
  for (let i = 0; i < logDeviation.length; i++) logDeviation[i] = Math.log(deviations[i]);
}

function adoptNormalisation(
  weights: ReadonlyMap<string, { readonly data: unknown }>,
  normaliser: Normaliser,
): void {
  const read = (name: string, otherwise: number) => {
    const data = weights.get(name)?.data;
    return data instanceof Float32Array
      ? Float64Array.from(data)
      : new Float64Array(normaliser.size).fill(otherwise);
  };
  normaliser.adopt(read(OBS_MEAN, 0), read(OBS_SCALE, 1));
}
