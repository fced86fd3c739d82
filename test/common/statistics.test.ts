import { describe, expect, it } from "vitest";
import { mean, quantile, Rng, wilsonInterval } from "../../src/common/index.ts";

describe("Wilson's interval", () => {
  // Newcombe 1998, table I, method 3 (z = 1.959964), to the four digits printed there.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])("of %i in %i is the published one", (successes, trials, low, high) => {
    const interval = wilsonInterval(successes, trials, 1.959964);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it("solves (p - share)² = z² p (1 - p) / n at both ends", () => {
    for (const [k, n] of [
      [3, 10],
      [50, 60],
      [999, 1000],
    ] as const) {
      const { low, high } = wilsonInterval(k, n, 1.96);
      for (const p of [low, high]) {
        expect((p - k / n) ** 2).toBeCloseTo((1.96 ** 2 * p * (1 - p)) / n, 14);
      }
      expect(low).toBeLessThan(k / n);
      expect(high).toBeGreaterThan(k / n);
    }
  });

  it("touches 0 and 1 exactly where nothing or everything succeeds, and says nothing without trials", () => {
    expect(wilsonInterval(0, 50).low).toBe(0);
    expect(wilsonInterval(50, 50).high).toBe(1);
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it("covers the truth in about 95 % of experiments", () => {
    const rng = new Rng(1);
    let covered = 0;
    for (let i = 0; i < 2000; i++) {
      let successes = 0;
      for (let k = 0; k < 40; k++) successes += Number(rng.uniform() < 0.9);
      const { low, high } = wilsonInterval(successes, 40);
      covered += Number(low <= 0.9 && 0.9 <= high);
    }
    expect(covered / 2000).toBeGreaterThan(0.92);
    expect(covered / 2000).toBeLessThan(0.98);
  });

  it.each([
    [5, 4],
    [-1, 4],
    [NaN, 4],
  ])("refuses %d successes in %d trials", (successes, trials) => {
    expect(() => wilsonInterval(successes, trials)).toThrow(RangeError);
  });
});

describe("the quantile", () => {
  it("interpolates between neighbours and leaves the sample as it was", () => {
    const sample = [4, 1, 3, 2];
    expect([0, 0.25, 0.5, 1].map((q) => quantile(sample, q))).toEqual([1, 1.75, 2.5, 4]);
    expect(sample).toEqual([4, 1, 3, 2]);
  });

  it("of one value is that value, and of none is not a number", () => {
    expect(quantile([7], 0.3)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe("the mean", () => {
  it("is the sum over the count, and not a number for nothing", () => {
    expect(mean(Float32Array.of(1, 2, 6))).toBe(3);
    expect(mean([])).toBeNaN();
  });
});
