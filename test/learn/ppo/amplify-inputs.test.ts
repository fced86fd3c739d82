import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { amplifyInputs } from "../../../src/learn/ppo/amplify-inputs.ts";
import { ActorConfig, CriticConfig } from "../../../src/learn/ppo/config.ts";
import { actorCriticLayout } from "../../../src/learn/ppo/networks.ts";
import { Normaliser } from "../../../src/learn/ppo/normaliser.ts";

describe.each([
  ["mlp", "actor.mlp.0.weight", "actor.mlp.0.bias"],
  ["lstm", "actor.lstm.input", "actor.lstm.bias"],
] as const)("an actor (%s)", (kind, weightName, biasName) => {
  it.each([true, false])("does at a command what it did at a larger one (normalised: %s)", (isNormalised) => {
    const actor = ActorConfig.parse({ kind, hidden: [5], recurrentSize: 3 });
    const layout = actorCriticLayout({
      actor,
      critic: CriticConfig.parse({}),
      observationSizes: { actor: 4, critic: 4 },
      actionSize: 2,
      normalisesObservations: isNormalised,
      estimates: 0,
    });
    const parameters = layout.initial(new Rng(1));
    const normaliser = new Normaliser(4);
    normaliser.state = {
      count: 9,
      mean: Float64Array.of(1, 0.3, -0.2, 2),
      variance: Float64Array.of(1, 4, 9, 2),
    };
    const firstLayer = (obs: readonly number[]) => {
      const [weight, bias] = [weightName, biasName].map((name) => layout.view(parameters, name));
      return Array.from(bias, (b, i) =>
        obs.reduce((sum, raw, k) => {
          const value = isNormalised ? (raw - normaliser.mean[k]) * normaliser.scale[k] : raw;
          return sum + value * weight[k * bias.length + i];
        }, b),
      );
    };
    const before = firstLayer([0.7, 1.5 * 0.4, 2 * -0.6, 1.5 * 5]);
    amplifyInputs(parameters, layout, actor, isNormalised ? normaliser : undefined, [1, 3], 1.5);
    amplifyInputs(parameters, layout, actor, isNormalised ? normaliser : undefined, [2], 2);
    firstLayer([0.7, 0.4, -0.6, 5]).forEach((value, i) => {
      expect(value).toBeCloseTo(before[i], 5);
    });
  });
});
