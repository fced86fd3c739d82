import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import type { Candidates } from "../../../src/vla/model.ts";
import { noiseSize } from "../../../src/vla/model.ts";
import { FixedNoise, FreshNoise } from "../../../src/vla/noise-bank.ts";
import { SELECTORS, selectorNamed } from "../../../src/vla/selection/selectors.ts";
import { normalisedChunk } from "../../../src/vla/small/batches.ts";
import type { VlaFiles } from "../../../src/vla/small/export.ts";
import { SmallVla } from "../../../src/vla/small/small-vla.ts";
import { CoinFlipConfig } from "../../../src/vla/taco/coin-flip-config.ts";
import { coinFlipScorer } from "../../../src/vla/taco/coin-flip-scorer.ts";
import { CoinFlipTrainer } from "../../../src/vla/taco/coin-flip-trainer.ts";
import { collectFeatures, observationAt } from "../../../src/vla/taco/collect-features.ts";
import { FeatureScorer } from "../../../src/vla/taco/feature-scorer.ts";
import { searchFeature } from "../../../src/vla/taco/feature-search.ts";
import { toyDemos, toyScene } from "../support/toy-demos.ts";
import { noiseOf, toyModel, toyObservation } from "../support/toy-model.ts";

const set = toyDemos({ episodes: 30, seed: 1 });
const scene = toyScene(new Rng(8));
let files: VlaFiles;
let taco: Uint8Array;

beforeAll(async () => {
  files = await toyModel({ denoisingSteps: 5 }, 150);
  using model = await SmallVla.load(files);
  const { features } = await collectFeatures(model, set, new FixedNoise(42), {
    search: { variant: "full", draws: 8 },
    frames: 200,
    idleShare: 0,
    rng: new Rng(1),
  });
  const config = CoinFlipConfig.parse({
    shape: { width: 16, blocks: 1, coins: 16 },
    nets: 2,
    epochs: 4,
    minUpdates: 40,
  });
  using trainer = await CoinFlipTrainer.create(features, config);
  const nets = [await trainer.train(new Rng(1)), await trainer.train(new Rng(2))];
  taco = coinFlipScorer(nets, config, features.size, {
    modelHash: model.spec.modelHash,
    samples: features.count,
  });
});

describe("the feature search", () => {
  it.each(["full", "one-step"] as const)(
    "keeps the draw closest to the demonstration (%s)",
    async (variant) => {
      using model = await SmallVla.load(files);
      const frame = { episode: 3, picture: 2 };
      const target = normalisedChunk(set, model.spec, frame, new Float32Array(noiseSize(model.spec)));
      const observation = observationAt(set, frame);
      const one = await searchFeature(model, observation, target, new FixedNoise(1), { variant, draws: 1 });
      const many = await searchFeature(model, observation, target, new FixedNoise(1), { variant, draws: 50 });
      expect(many.distance).toBeLessThanOrEqual(one.distance);
      expect(many.feature).toHaveLength(model.spec.featureSize);
      // The distance is that of the draw it names.
      const context = await model.encode(observation);
      const noise = new FixedNoise(1).draw(50, noiseSize(model.spec));
      const again =
        variant === "full"
          ? await context.sample(noise)
          : await context.refine?.(
              Float32Array.from(noise, (_, i) => target[i % target.length]),
              noise,
              1 / 5, // what the last of the toy's denoising steps begins with
            );
      const at = many.index * target.length;
      const distance = Math.hypot(...target.map((x, j) => (again?.normalised[at + j] ?? 0) - x));
      expect(distance).toBeCloseTo(many.distance, 4);
    },
  );

  // Check 7 of the reference.
  it("gives a frame whose search found its own noise the score that serving gives it", async () => {
    using model = await SmallVla.load(files);
    using scorer = await FeatureScorer.load(taco);
    const frame = { episode: 5, picture: 4 };
    const target = normalisedChunk(set, model.spec, frame, new Float32Array(noiseSize(model.spec)));
    const observation = observationAt(set, frame);
    const bank = new FixedNoise(42);
    const found = await searchFeature(model, observation, target, bank, { variant: "full", draws: 16 });
    const context = await model.encode(observation);
    const { features } = await context.sample(bank.draw(16, noiseSize(model.spec)));
    const served = await scorer.score(features);
    const [searched] = await scorer.score(found.feature);
    expect(Math.abs(served[found.index] / searched - 1)).toBeLessThan(1e-4);
  });
});

describe("selection", () => {
  // Check 4 of the reference.
  it("among one candidate is the base policy, bit for bit, whatever the selector", async () => {
    using model = await SmallVla.load(files);
    using scorer = await FeatureScorer.load(taco);
    const context = await model.encode(toyObservation(scene));
    const noise = noiseOf(noiseSize(model.spec));
    const base = await context.sample(noise);
    const candidates = await context.sample(noise);
    for (const name of SELECTORS) {
      const scorers = { taco: scorer, elliptical: scorer, rnd: scorer, knn: scorer };
      const decision = {
        spec: model.spec,
        context,
        candidates,
        rng: new Rng(1),
        others: [context],
        imagine: async () => 0.5,
      };
      const { chunk } = await selectorNamed(name, scorers)(decision);
      expect(chunk, name).toEqual(base.actions);
    }
  });

  // Check 5 of the reference.
  it.each(["taco", "medoid", "likelihood"])(
    "by %s takes the same chunk in whatever order candidates come",
    async (name) => {
      using model = await SmallVla.load(files);
      using scorer = await FeatureScorer.load(taco);
      const context = await model.encode(toyObservation(scene));
      const candidates = await context.sample(noiseOf(12 * noiseSize(model.spec)));
      const selector = selectorNamed(name, { taco: scorer });
      const pick = (all: Candidates) =>
        selector({ spec: model.spec, context, candidates: all, rng: new Rng(1) });
      const straight = await pick(candidates);
      const turned = await pick(reordered(candidates, 7));
      expect(turned.index).toBe((12 + (straight.index ?? 0) - 7) % 12);
      expect(turned.chunk).toEqual(straight.chunk);
      expect(new Set(straight.scores).size).toBeGreaterThan(8);
    },
  );

  it("by the oracle takes what brings the task furthest, and by the mean what is in the middle", async () => {
    using model = await SmallVla.load(files);
    const context = await model.encode(toyObservation(scene));
    const candidates = await context.sample(noiseOf(6 * noiseSize(model.spec)));
    const decision = { spec: model.spec, context, candidates, rng: new Rng(1) };
    const imagine = async (chunk: Float32Array) => chunk[0];
    const best = await selectorNamed("oracle", {})({ ...decision, imagine });
    const size = noiseSize(model.spec);
    const firsts = Array.from({ length: 6 }, (_, i) => candidates.actions[i * size]);
    expect(best.index).toBe(firsts.indexOf(Math.max(...firsts)));
    const middle = await selectorNamed("mean", {})(decision);
    expect(middle.chunk[0]).toBeCloseTo(firsts.reduce((a, b) => a + b) / 6, 5);
    expect(middle.index).toBeUndefined();
  });

  it("says what a selector lacks", async () => {
    using model = await SmallVla.load(files);
    using scorer = await FeatureScorer.load(taco);
    expect(() => selectorNamed("taco", {})).toThrow("train taco");
    expect(() => selectorNamed("best", {})).toThrow('no selector "best"');
    const context = await model.encode(toyObservation(scene));
    const candidates = await context.sample(noiseOf(2 * noiseSize(model.spec)));
    const decision = { spec: { ...model.spec, modelHash: "other" }, context, candidates, rng: new Rng(1) };
    await expect(selectorNamed("taco", { taco: scorer })(decision)).rejects.toThrow("made for the model");
    await expect(selectorNamed("oracle", {})(decision)).rejects.toThrow("simulator");
    await expect(selectorNamed("ensemble", {})(decision)).rejects.toThrow("other models");
  });
});

describe("noise", () => {
  it("has the single sample as its first row, however many are drawn, fixed or fresh", () => {
    for (const make of [() => new FixedNoise(3), () => new FreshNoise(new Rng(3))]) {
      const [one, many] = [make().draw(1, 6).slice(), make().draw(16, 6).slice()];
      expect(many.slice(0, 6)).toEqual(one);
      expect(new Set(many).size).toBe(96);
    }
    const fresh = new FreshNoise(new Rng(3));
    expect(fresh.draw(1, 6).slice()).not.toEqual(fresh.draw(1, 6).slice());
    const fixed = new FixedNoise(3);
    expect(fixed.draw(1, 6).slice()).toEqual(fixed.draw(2, 6).slice(0, 6));
  });
});

/** Candidates moved round by `by`. */
function reordered({ count, actions, normalised, features }: Candidates, by: number): Candidates {
  const turn = (values: Float32Array) => {
    const size = values.length / count;
    return Float32Array.from(values, (_, i) => values[(i + by * size) % values.length]);
  };
  return { count, actions: turn(actions), normalised: turn(normalised), features: turn(features) };
}
