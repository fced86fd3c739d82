import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { CoinFlipConfig } from "../../../src/vla/taco/coin-flip-config.ts";
import { coinFlipScorer } from "../../../src/vla/taco/coin-flip-scorer.ts";
import { type CoinFlipNet, CoinFlipTrainer, planCoinFlip } from "../../../src/vla/taco/coin-flip-trainer.ts";
import { coinsOf } from "../../../src/vla/taco/coins.ts";
import { invertPositiveDefinite, product } from "../../../src/vla/taco/dense-matrix.ts";
import { ellipticalMatrix, ellipticalScorer, ellipticalScores } from "../../../src/vla/taco/elliptical.ts";
import { FeatureScorer, lowest, pseudoCount } from "../../../src/vla/taco/feature-scorer.ts";
import {
  columnWeights,
  type FeatureTable,
  featureTable,
  weighted,
} from "../../../src/vla/taco/feature-table.ts";
import { neighbourScorer } from "../../../src/vla/taco/neighbours.ts";
import { PriorMoments } from "../../../src/vla/taco/prior-moments.ts";
import type { ScorerOrigin } from "../../../src/vla/taco/scorer-file.ts";

const ORIGIN = { modelHash: "test", samples: 0 };

describe("coins", () => {
  // Check 1 of the reference: what a perfect counter would learn from n samples that look alike is their mean coin.
  it.each([1, 2, 5, 20])("average to 1/n over %i copies, with the spread that theory gives", (n) => {
    const d = 20;
    const trials = 3000;
    const coins = new Float32Array(d);
    const scores = Array.from({ length: trials }, (_, trial) => {
      const mean = new Float64Array(d);
      for (let copy = 0; copy < n; copy++)
        coinsOf(trial * n + copy, 7, coins).forEach((coin, j) => {
          mean[j] += coin / n;
        });
      return mean.reduce((sum, z) => sum + z * z, 0) / d;
    });
    const average = scores.reduce((a, b) => a + b) / trials;
    const deviation = Math.sqrt(scores.reduce((sum, s) => sum + (s - average) ** 2, 0) / trials);
    const relative = Math.sqrt((2 * (n - 1)) / (n * d));
    expect(average * n).toBeGreaterThan(1 - (4 * relative) / Math.sqrt(trials) - 1e-9);
    expect(average * n).toBeLessThan(1 + (4 * relative) / Math.sqrt(trials) + 1e-9);
    expect(Math.abs(deviation / average - relative)).toBeLessThan(0.02);
  });

  it("are the same at every call, and others for another seed or sample", () => {
    const draw = (index: number, seed: number) => [...coinsOf(index, seed, new Float32Array(64))].join();
    expect(draw(3, 1)).toBe(draw(3, 1));
    expect(new Set([draw(3, 1), draw(4, 1), draw(3, 2)]).size).toBe(3);
  });
});

describe("the running moments of the prior", () => {
  it("are those of all samples, one by one", () => {
    const moments = new PriorMoments(1);
    moments.add(Float32Array.of(2, 4));
    // By hand: k=1: δ=2, μ=2, σ²=4; k=2: δ=2, μ=3, σ²=4.
    expect([...moments.mean, ...moments.variance]).toEqual([3, 4]);
    moments.reset();
    expect(moments.mean[0]).toBe(0);
    expect(moments.variance[0]).toBeCloseTo(0.01, 8);
  });
});

describe("a plan", () => {
  it("goes on until the least updates are done, and drops the last partial batch", () => {
    const config = CoinFlipConfig.parse({ batchSize: 512, epochs: 16, minUpdates: 800 });
    expect(planCoinFlip(config, 100_000)).toEqual({
      batch: 512,
      batchesPerEpoch: 195,
      epochs: 16,
      updates: 1560,
    });
    expect(planCoinFlip(config, 9000).updates).toBeGreaterThanOrEqual(800);
    expect(planCoinFlip(config, 1000).batch).toBe(50);
  });
});

describe("a counter of one-hot states", () => {
  // Check 2 of the reference.
  it("learns 1, 1/2, 1/5 and 1/20 for states seen 1, 2, 5 and 20 times", async () => {
    const counts = [1, 2, 5, 20];
    const states = 40;
    const rows: number[] = [];
    for (let state = 0; state < states; state++)
      for (let copy = 0; copy < counts[state % 4]; copy++)
        rows.push(...Array.from({ length: states }, (_, i) => Number(i === state)));
    const features = featureTable(Float32Array.from(rows), states);
    const config = CoinFlipConfig.parse({
      shape: { width: 64, blocks: 1, expansion: 2, coins: 512, prior: "none", inputScale: 10 },
      nets: 1,
      dropout: 0,
      epochs: 120,
      minUpdates: 0,
      accumulate: 1,
      learningRate: 4e-3,
    });
    const [net] = await train(features, config);
    const eye = Float32Array.from({ length: states * states }, (_, i) =>
      Number(Math.floor(i / states) === i % states),
    );
    const scores = await scoresOf(coinFlipScorer([net], config, states, ORIGIN), eye);
    for (const [k, count] of counts.entries()) {
      const mine = scores.filter((_, state) => state % 4 === k);
      const average = mine.reduce((a, b) => a + b) / mine.length;
      expect(average * count, `states seen ${count} times`).toBeGreaterThan(0.85);
      expect(average * count, `states seen ${count} times`).toBeLessThan(1.15);
    }
  });
});

describe("the elliptical score", () => {
  // Check 3 of the reference.
  it("is what a linear counter with many coins gives", () => {
    const features = clusters(60, 6, 3);
    const { rows, count, size } = features;
    const ridge = 0.05;
    const coins = 4096;
    const gram = new Float64Array(size * size);
    const cross = new Float64Array(size * coins);
    const drawn = new Float32Array(coins);
    let trace = 0;
    for (let r = 0; r < count; r++) {
      coinsOf(r, 11, drawn);
      for (let i = 0; i < size; i++) {
        const x = rows[r * size + i];
        trace += x * x;
        for (let j = 0; j < size; j++) gram[i * size + j] += x * rows[r * size + j];
        for (let j = 0; j < coins; j++) cross[i * coins + j] += x * drawn[j];
      }
    }
    for (let i = 0; i < size; i++) gram[i * size + i] += (ridge * trace) / size;
    const inverse = invertPositiveDefinite(gram, size);
    const closed = ellipticalScores(ellipticalMatrix(features, ridge), features);
    for (let r = 0; r < 10; r++) {
      let squared = 0;
      for (let c = 0; c < coins; c++) {
        let output = 0;
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++)
            output += rows[r * size + i] * inverse[i * size + j] * cross[j * coins + c];
        squared += output * output;
      }
      expect(squared / coins / closed[r]).toBeGreaterThan(0.9);
      expect(squared / coins / closed[r]).toBeLessThan(1.1);
    }
  });

  it("scores in ONNX what it scores in float64", async () => {
    const features = clusters(200, 8, 4);
    const scores = await scoresOf(ellipticalScorer(features, 1e-3, ORIGIN), features.rows);
    const exact = ellipticalScores(ellipticalMatrix(features, 1e-3), features);
    scores.forEach((score, i) => {
      expect(score / exact[i]).toBeCloseTo(1, 3);
    });
  });

  it("rests on an inverse that is one", () => {
    const matrix = Float64Array.of(4, 1, 0.5, 1, 3, 0.2, 0.5, 0.2, 2);
    const identity = product(matrix, invertPositiveDefinite(matrix, 3), 3);
    identity.forEach((value, i) => {
      expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12);
    });
  });
});

describe("weights of columns", () => {
  it("are applied by the scorer to what it scores as they were to what it counted", async () => {
    const plain = clusters(120, 8, 5);
    const weights = columnWeights(plain.size, 3);
    const table = weighted(plain, weights);
    const config = CoinFlipConfig.parse({ shape: { width: 8, coins: 8 }, nets: 1, minUpdates: 0 });
    using trainer = await CoinFlipTrainer.create(table, config);
    const nets = [await trainer.train(new Rng(6))];
    const knn = { neighbours: 3, capacity: 64 };
    for (const make of [
      (origin: ScorerOrigin) => ellipticalScorer(table, 1e-3, origin),
      (origin: ScorerOrigin) => neighbourScorer(table, knn, new Rng(7), origin),
      (origin: ScorerOrigin) => coinFlipScorer(nets, config, table.size, origin),
    ]) {
      const ofPlain = await scoresOf(make({ ...ORIGIN, weights }), plain.rows);
      expect(ofPlain).toEqual(await scoresOf(make(ORIGIN), table.rows));
      expect(new Set(ofPlain).size).toBeGreaterThan(100);
    }
  });
});

describe("the score by nearest neighbours", () => {
  it("is the mean distance to the nearest rows", async () => {
    const features = featureTable(Float32Array.of(0, 0, 3, 4, 10, 0), 2);
    const scorer = neighbourScorer(features, { neighbours: 2, capacity: 100 }, new Rng(1), ORIGIN);
    const [atOrigin] = await scoresOf(scorer, Float32Array.of(0, 0));
    expect(atOrigin).toBeCloseTo(2.5, 5);
  });
});

describe("counters of continuous features", () => {
  const config = CoinFlipConfig.parse({
    shape: { width: 32, blocks: 2, coins: 64 },
    nets: 3,
    epochs: 12,
    minUpdates: 120,
  });
  const demos = clusters(800, 16, 5);
  let nets: readonly CoinFlipNet[];
  let scorer: Uint8Array;
  beforeAll(async () => {
    nets = await train(demos, config);
    scorer = coinFlipScorer(nets, config, demos.size, ORIGIN);
  });

  // Check 8 of the reference.
  it("score the same when saved and loaded again, and at every call", async () => {
    const rows = demos.rows.subarray(0, 20 * demos.size);
    const first = await scoresOf(scorer, rows);
    expect(await scoresOf(scorer.slice(), rows)).toEqual(first);
    using loaded = await FeatureScorer.load(scorer);
    expect([...(await loaded.score(rows))]).toEqual([...(await loaded.score(rows))]);
    expect(new Set(first).size).toBeGreaterThan(10);
  });

  // Check 9 of the reference.
  it("count a demonstration that is there ten times higher", async () => {
    const index = 17;
    const one = demos.rows.subarray(index * demos.size, (index + 1) * demos.size);
    const apart = Float32Array.from(one, (x, i) => x + (i % 2 === 0 ? 1.5 : -1.5)); // rare, so that copies matter
    const once = featureTable(Float32Array.of(...demos.rows, ...apart), demos.size);
    const tenTimes = featureTable(
      Float32Array.of(
        ...demos.rows,
        ...Array<number[]>(10)
          .fill([...apart])
          .flat(),
      ),
      demos.size,
    );
    const [before] = await scoresOf(
      coinFlipScorer(await train(once, config), config, demos.size, ORIGIN),
      apart,
    );
    const [after] = await scoresOf(
      coinFlipScorer(await train(tenTimes, config), config, demos.size, ORIGIN),
      apart,
    );
    expect(after).toBeLessThan(0.8 * before);
    expect(pseudoCount(after)).toBeGreaterThan(pseudoCount(before));
  });

  // Check 10 of the reference: there d = 20, so sqrt(d) = 4.5.
  it("give far-off features norms around the root of the number of coins, well above those of demonstrations", async () => {
    const rng = new Rng(9);
    const far = Float32Array.from({ length: 50 * demos.size }, () => 20 * rng.normal());
    using loaded = await FeatureScorer.load(scorer);
    const average = (values: Float32Array) => values.reduce((a, b) => a + b) / values.length;
    const known = average(await loaded.norms(demos.rows));
    const unknown = average(await loaded.norms(far));
    expect(unknown).toBeGreaterThan(0.75 * Math.sqrt(config.shape.coins));
    expect(unknown).toBeGreaterThan(1.5 * known);
  });

  it("refuse features of another size, and those that are no numbers", async () => {
    using loaded = await FeatureScorer.load(scorer);
    await expect(loaded.score(new Float32Array(5))).rejects.toThrow("no feature vectors of 16");
    await expect(loaded.score(new Float32Array(16).fill(Number.NaN))).rejects.toThrow("no number");
    expect(() => loaded.requireModel("another")).toThrow("train taco");
    await expect(FeatureScorer.load(new Uint8Array(4))).rejects.toThrow("no scorer");
  });
});

describe("the choice by score", () => {
  it("takes the lowest, the first of equal ones, and never what is no number", () => {
    expect(lowest([3, 1, 2])).toBe(1);
    expect(lowest([2, 1, 1])).toBe(1);
    expect(lowest([Number.NaN, Number.POSITIVE_INFINITY, 5])).toBe(2);
    expect(() => lowest([Number.NaN])).toThrow("finite");
  });
});

async function train(features: FeatureTable, config: CoinFlipConfig): Promise<CoinFlipNet[]> {
  using trainer = await CoinFlipTrainer.create(features, config);
  const nets: CoinFlipNet[] = [];
  for (let i = 0; i < config.nets; i++) nets.push(await trainer.train(new Rng(1).fork(i)));
  return nets;
}

async function scoresOf(scorer: Uint8Array, rows: Float32Array): Promise<number[]> {
  using loaded = await FeatureScorer.load(scorer);
  return [...(await loaded.score(rows))];
}

/** Rows around a few centres, rms about 1, as features after a normalisation are. */
function clusters(count: number, size: number, centres: number): FeatureTable {
  const rng = new Rng(21);
  const middles = Array.from({ length: centres }, () => Array.from({ length: size }, () => rng.normal()));
  const rows = Array.from({ length: count }, (_, i) =>
    middles[i % centres].map((x) => x + 0.15 * rng.normal()),
  ).flat();
  return featureTable(Float32Array.from(rows), size);
}
