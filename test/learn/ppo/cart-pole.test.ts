import { describe, expect, it } from "vitest";
import { float32Tensor } from "../../../src/learn/onnx/index.ts";
import { Ppo, PpoConfig } from "../../../src/learn/ppo/index.ts";
import { InferenceSession } from "../../../src/learn/runtime.ts";
import { CartPole, cartPoleMirror } from "../support/cart-pole.ts";

const MAX_ITERATIONS = 200;
const EPISODES = 20;

describe("PPO learns to balance a pole for 500 steps, 20 times out of 20", () => {
  it.each([
    ["with an MLP that sees everything", { kind: "mlp" }, {}],
    ["with an LSTM that does not see velocities", { kind: "lstm" }, {}],
    ["with symmetry by augmentation", { kind: "lstm" }, { symmetry: "augment" }],
    [
      "with symmetry by a loss, and normalised observations",
      { kind: "mlp" },
      { symmetry: "loss", normaliseObservations: true },
    ],
  ])(
    "%s",
    async (_, actor, settings) => {
      const hidesVelocities = actor.kind === "lstm";
      const env = new CartPole({ numEnvs: 64, seed: 1, hidesVelocities });
      const config = PpoConfig.parse({
        actor: { ...actor, recurrentSize: 16, hidden: [32] },
        critic: { hidden: [32, 32] },
        entropyCoefficient: 0.001,
        ...settings,
      });
      using ppo = await Ppo.create(env, config, { seed: 1, mirror: cartPoleMirror(hidesVelocities) });
      expect(await meanEpisodeLength(ppo.policyFile(), hidesVelocities)).toBeLessThan(200);
      while (ppo.iteration < MAX_ITERATIONS) {
        await ppo.collect();
        await ppo.learn();
        if (ppo.iteration % 20 === 0 && (await meanEpisodeLength(ppo.policyFile(), hidesVelocities)) === 500)
          break;
      }
      expect(await meanEpisodeLength(ppo.policyFile(), hidesVelocities)).toBe(500);
    },
    60_000,
  );
});

/** Mean length of first episodes in carts that the learner has not seen, acting by a policy file's mean actions. */
async function meanEpisodeLength(file: Uint8Array, hidesVelocities: boolean): Promise<number> {
  using session = await InferenceSession.load(file);
  const env = new CartPole({ numEnvs: EPISODES, seed: 1000, hidesVelocities });
  const lengths = new Int32Array(EPISODES);
  const isOver = new Uint8Array(EPISODES);
  let { obs } = env.reset();
  let memory = session.inputs
    .filter(({ name }) => name !== "obs")
    .map(({ name }) => session.input(name, { batch: EPISODES }));
  for (let t = 0; t < 500; t++) {
    const [h_in, c_in] = memory;
    const seen = float32Tensor("", [EPISODES, obs.length / EPISODES], obs);
    const result = await session.run({ obs: seen, ...(h_in && c_in && { h_in, c_in }) });
    memory = [result.h_out, result.c_out];
    env.send(env.parts[0], result.actions.data as Float32Array);
    const step = env.receive();
    obs = step.obs;
    for (let i = 0; i < EPISODES; i++) {
      lengths[i] += isOver[i] ? 0 : 1;
      isOver[i] |= step.terminated[i];
    }
  }
  return lengths.reduce((a, b) => a + b) / EPISODES;
}
