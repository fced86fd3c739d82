import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { gae, limitOutliers, standardise } from "../../../src/learn/ppo/gae.ts";

const HALF = { gamma: 0.5, lambda: 0.5 }; // powers of two keep every sum exact

describe("generalised advantage estimation", () => {
  it("estimates the advantages of three steps worked by hand", () => {
    expect([...gae([1, 0, 2], [1, 1, 0, 4], [false, false, false], HALF)]).toEqual([0.5, 0, 4]);
  });

  it("does not look beyond the end of an episode", () => {
    // The middle step ends: its advantage is 0 - 1, and the first sees a quarter of that.
    expect([...gae([1, 0, 2], [1, 1, 0, 4], [0, 1, 0], HALF)]).toEqual([0.25, -1, 4]);
  });

  it("keeps environments that lie side by side apart", () => {
    const rewards = [1, 5, 0, 6, 2, 7];
    const values = [1, 2, 1, 3, 0, 4, 4, 1];
    const ends = [0, 0, 0, 1, 0, 0];
    const column = <T>(list: readonly T[], env: number): T[] => list.filter((_, i) => i % 2 === env);
    const both = [...gae(rewards, values, ends, HALF)];
    for (const env of [0, 1]) {
      const alone = gae(column(rewards, env), column(values, env), column(ends, env), HALF);
      expect(column(both, env)).toEqual([...alone]);
    }
  });

  it("with λ = 1 is the discounted sum of rewards less the value", () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    const steps = fc.array(fc.tuple(number, number, fc.boolean()), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(steps, number, (list, last) => {
        const [rewards, values, ends] = [0, 1, 2].map((k) => list.map((step) => step[k]));
        const all = [...(values as number[]), last];
        const result = gae(rewards as number[], all, ends as boolean[], { gamma: 0.9, lambda: 1 });
        let future = last;
        for (let t = list.length - 1; t >= 0; t--) {
          future = Number(rewards[t]) + (ends[t] ? 0 : 0.9 * future);
          expect(result[t]).toBeCloseTo(future - all[t], 3);
        }
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("standardising", () => {
  it("gives mean 0 and standard deviation 1", () => {
    const values = Float32Array.of(1, 2, 3, 6);
    standardise(values);
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
    expect(values.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 6);
  });
});

describe("limiting outliers", () => {
  it("brings back what is far out, judged by the mean absolute deviation", () => {
    const values = Float32Array.of(-1, 1, -1, 1, -1, 1, -1, 1, -11, 11);
    limitOutliers(values, 2); // 2 * sqrt(pi / 2) * mean absolute deviation 3 = 7.52
    expect([...values.subarray(0, 8)]).toEqual([-1, 1, -1, 1, -1, 1, -1, 1]);
    expect(values[8]).toBeCloseTo(-7.52, 2);
    expect(values[9]).toBeCloseTo(7.52, 2);
  });

  it("hardly cuts a normal distribution at three of its deviations", () => {
    const rng = new Rng(1);
    const drawn = Float32Array.from({ length: 20_000 }, () => rng.normal());
    const values = drawn.slice();
    limitOutliers(values, 3);
    const cut = values.filter((value, i) => value !== drawn[i]).length;
    expect(cut / drawn.length).toBeGreaterThan(0.0015);
    expect(cut / drawn.length).toBeLessThan(0.004); // 0.27 % lie further out
  });
});
