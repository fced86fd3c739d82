import type { ParameterLayout } from "../graph/parameters.ts";
import type { ActorConfig } from "./config.ts";
import type { Normaliser } from "./normaliser.ts";

/**
 * Makes an actor respond more, or less, to some of its observations: the weights from them are multiplied, and its first
 * biases moved so that what it does where they are zero stays as it is.
 *
 * @param parameters flat vector, changed in place
 * @param normaliser of its observations; undefined where it sees them as they are
 * @param places of these observations
 * @param gain factor of each
 */
export function amplifyInputs(
  parameters: Float32Array,
  layout: ParameterLayout,
  { kind }: ActorConfig,
  normaliser: Normaliser | undefined,
  places: readonly number[],
  gain: number,
): void {
  const [input, offset] =
    kind === "lstm" ? ["actor.lstm.input", "actor.lstm.bias"] : ["actor.mlp.0.weight", "actor.mlp.0.bias"];
  const weight = layout.view(parameters, input);
  const bias = layout.view(parameters, offset);
  for (const at of places) {
    const zero = normaliser === undefined ? 0 : -normaliser.mean[at] * normaliser.scale[at];
    for (let i = 0; i < bias.length; i++) {
      const old = weight[at * bias.length + i];
      weight[at * bias.length + i] = old * gain;
      bias[i] -= (gain - 1) * zero * old;
    }
  }
}
