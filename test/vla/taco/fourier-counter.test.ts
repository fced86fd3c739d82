import { describe, expect, it } from "vitest";
import { mean, Rng } from "../../../src/common/index.ts";
import { FeatureScorer } from "../../../src/vla/taco/feature-scorer.ts";
import { type FeatureTable, featureTable } from "../../../src/vla/taco/feature-table.ts";
import { FourierConfig } from "../../../src/vla/taco/fourier-config.ts";
import { fitFourierCounter, fourierScorer } from "../../../src/vla/taco/fourier-counter.ts";

const SIZE = 8;
const COUNTS = [1, 2, 5, 20];

async function scorerOf(table: FeatureTable, flags: Partial<FourierConfig>, seed = 1) {
  const config = FourierConfig.parse(flags);
  const counter = await fitFourierCounter(table, config, new Rng(seed));
  return await FeatureScorer.load(
    fourierScorer(counter, config, SIZE, { modelHash: "m", samples: table.count }),
  );
}

/** Places far from each other; row i of `places` is seen COUNTS[i % 4] times. */
function seenStates() {
  const rng = new Rng(3);
  const places = Float32Array.from({ length: 24 * SIZE }, () => rng.normal(0, 10));
  const rows = COUNTS.flatMap((count, k) =>
    Array.from({ length: 6 }, (_, i) => places.slice((4 * i + k) * SIZE, (4 * i + k + 1) * SIZE)).flatMap(
      (row) => Array.from({ length: count }, () => [...row]),
    ),
  );
  return { places, table: featureTable(Float32Array.from(rows.flat()), SIZE) };
}

describe("a counter with a random hidden layer", () => {
  it.each([0, 2048])("gives 1, 1/2, 1/5 and 1/20 for states seen so often (%i coins)", async (coins) => {
    const { places, table } = seenStates();
    using scorer = await scorerOf(table, { waves: 256, coins, bandwidth: 0.7, ridge: 1e-3 });
    const scores = await scorer.score(places);
    COUNTS.forEach((count, k) => {
      const own = scores.filter((_, i) => i % 4 === k);
      expect(count * mean(own)).toBeGreaterThan(0.9);
      expect(count * mean(own)).toBeLessThan(1.1);
    });
  });

  it("prefers what lies among many to what lies among few, and both to what lies nowhere", async () => {
    const rng = new Rng(5);
    const cloud = (count: number, at: number) =>
      Array.from({ length: count * SIZE }, () => at + rng.normal(0, 0.3));
    const table = featureTable(Float32Array.from([...cloud(600, 1), ...cloud(60, -1)]), SIZE);
    using scorer = await scorerOf(table, { waves: 256 });
    const at = (place: number) => Float32Array.from({ length: SIZE }, () => place);
    const scores = await scorer.score(Float32Array.from([...at(1), ...at(-1), ...at(0), ...at(9)]));
    expect(scores[1]).toBeGreaterThan(2 * scores[0]);
    expect(Math.min(scores[2], scores[3])).toBeGreaterThan(2 * scores[1]);
  });

  it("follows from its seed", async () => {
    const { places, table } = seenStates();
    const scores = async (seed: number) => {
      using scorer = await scorerOf(table, { waves: 64, coins: 16 }, seed);
      return [...(await scorer.score(places))];
    };
    expect(await scores(1)).toEqual(await scores(1));
    expect(await scores(2)).not.toEqual(await scores(1));
  });

  it("scores numbers where there are fewer samples than waves", async () => {
    const { places } = seenStates();
    using scorer = await scorerOf(featureTable(places.slice(0, 5 * SIZE), SIZE), { waves: 128 });
    expect((await scorer.score(places)).every(Number.isFinite)).toBe(true);
  });
});
