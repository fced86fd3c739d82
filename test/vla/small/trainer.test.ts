import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { noiseSize } from "../../../src/vla/model.ts";
import { SmallVla } from "../../../src/vla/small/small-vla.ts";
import { VlaTrainer } from "../../../src/vla/small/trainer.ts";
import { toyDemos, toyGoal, toyScene } from "../support/toy-demos.ts";
import { noiseOf, toyConfig, toyObservation } from "../support/toy-model.ts";

const now = () => 0;
const isPatient = process.env.SLOW_TESTS === "1";

describe("training the small VLA", () => {
  it("explains demonstrations that it has not seen better and better", async () => {
    const set = toyDemos({ episodes: 60, seed: 1 });
    using trainer = await VlaTrainer.create({
      name: "toy",
      set,
      config: toyConfig({ steps: 200, batchSize: 16, noisesPerFrame: 2 }),
      seed: 1,
      now,
    });
    const before = await trainer.validate();
    const report = await trainer.train(200);
    expect(report).toMatchObject({ step: 200, skipped: 0 });
    expect(await trainer.validate()).toBeLessThan(0.7 * before);
  });

  it("draws smooth chunks through a token that is narrower than a chunk and its noise", async () => {
    const set = toyDemos({ episodes: 60, seed: 1 });
    const plain = toyConfig({ steps: 200, batchSize: 16, noisesPerFrame: 2 });
    const network = { ...plain.network, expertWidth: 8, heads: 2, actionsPerToken: plain.chunkHorizon };
    const config = { ...plain, network };
    using trainer = await VlaTrainer.create({ name: "toy", set, config, seed: 1, now });
    await trainer.train(200);
    using model = await SmallVla.load(trainer.export());
    const context = await model.encode(toyObservation(toyScene(new Rng(4)), [0.5, 0.12]));
    const size = noiseSize(model.spec);
    expect(size).toBeGreaterThanOrEqual(2 * network.expertWidth);
    const { normalised } = await context.sample(noiseOf(16 * size, 9));
    const actions = model.spec.actions.length;
    let roughness = 0;
    for (let i = 0; i < normalised.length; i++) {
      if (i % size < 2 * actions) continue;
      const bend = normalised[i] - 2 * normalised[i - actions] + normalised[i - 2 * actions];
      roughness += bend ** 2 / normalised.length;
    }
    expect(roughness).toBeLessThan(0.1); // white noise has 6
  });

  it.skipIf(!isPatient)(
    "learns to go to the disc that the sentence names, both ways around the obstacle (half a minute: only with SLOW_TESTS=1)",
    { timeout: 300_000 },
    async () => {
      const set = toyDemos({ episodes: 400, seed: 1 });
      const config = toyConfig({ steps: 2400 });
      using trainer = await VlaTrainer.create({ name: "toy", set, config, seed: 1, now });
      const before = await trainer.validate();
      await trainer.train(2400);
      expect(await trainer.validate()).toBeLessThan(0.2 * before);
      using model = await SmallVla.load(trainer.export());
      const size = noiseSize(model.spec);
      const rng = new Rng(77);
      let right = 0;
      const scenes = 20;
      for (let k = 0; k < scenes; k++) {
        const scene = toyScene(rng);
        const goal = toyGoal(scene);
        const other = scene.places[scene.target === "red" ? 1 : 0];
        // Beside the obstacle only the goal is left to decide.
        const context = await model.encode(
          toyObservation(scene, [k % 2 ? 0.27 : 0.73, 0.45], `reach the ${scene.target} one`),
        );
        const { actions } = await context.sample(noiseOf(size, k));
        const end = [actions[size - 2], actions[size - 1]];
        const to = (p: readonly number[]) => Math.hypot(end[0] - p[0], end[1] - p[1]);
        if (to(goal) < to(other)) right++;
      }
      expect(right).toBeGreaterThanOrEqual(17);
      // At the start the way around is open, and both are taken.
      const context = await model.encode(toyObservation(toyScene(new Rng(4)), [0.5, 0.12]));
      const { actions } = await context.sample(noiseOf(60 * size, 9));
      const leftward = Array.from({ length: 60 }, (_, i) => actions[(i + 1) * size - 2] < 0.5);
      expect(leftward.filter(Boolean).length).toBeGreaterThan(10);
      expect(leftward.filter((is) => !is).length).toBeGreaterThan(4);
    },
  );

  it("goes on from a checkpoint exactly as if it had never stopped", async () => {
    const set = toyDemos({ episodes: 20, seed: 1 });
    const config = toyConfig({ steps: 12 });
    using whole = await VlaTrainer.create({ name: "toy", set, config, seed: 2, now });
    await whole.train(12);
    using first = await VlaTrainer.create({ name: "toy", set, config, seed: 2, now });
    await first.train(5);
    const checkpoint = first.checkpoint();
    using second = await VlaTrainer.create({ name: "toy", set, config, seed: 2, now, checkpoint });
    expect(second.step).toBe(5);
    await second.train(7);
    expect(second.checkpoint()).toEqual(whole.checkpoint());
    expect(second.isDone).toBe(true);
    const bigger = toyConfig({ steps: 12, chunkHorizon: 6 });
    await expect(
      VlaTrainer.create({ name: "toy", set, config: bigger, seed: 2, now, checkpoint }),
    ).rejects.toThrow("another network");
  });

  it("leaves out gradients that are no number, and stops when there is nothing else", async () => {
    const good = toyDemos({ episodes: 20, seed: 1 });
    const [first, ...rest] = good.episodes;
    const broken = { ...first, proprioception: first.proprioception.map(() => Number.NaN) };
    const set = { ...good, episodes: [broken, ...rest] };
    const config = toyConfig({ steps: 200, batchSize: 8 });
    using trainer = await VlaTrainer.create({ name: "toy", set, config, seed: 3, now });
    // The statistics of a set with holes are holes themselves, so that every gradient is one.
    await expect(trainer.train(200)).rejects.toThrow("in a row");
    for (const value of Object.values(trainer.checkpoint().tensors))
      expect((value.data as Float32Array).every(Number.isFinite)).toBe(true);
  });
});
