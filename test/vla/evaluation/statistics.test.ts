import { describe, expect, it } from "vitest";
import { mean, Rng } from "../../../src/common/index.ts";
import { bootstrapMean, holm } from "../../../src/vla/index.ts";

describe("Holm's correction", () => {
  it("multiplies the smallest p by their number, the next by one less, and never goes back", () => {
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe("a bootstrapped mean", () => {
  it("weighs groups alike, whatever their size", () => {
    const { mean: value } = bootstrapMean([[1, 1, 1, 1], [0]], new Rng(1));
    expect(value).toBe(0.5);
  });

  it("holds the true mean in about 95 of 100 intervals", () => {
    const rng = new Rng(7);
    const covered = Array.from({ length: 200 }, () => {
      const values = Array.from({ length: 60 }, () => rng.normal(0.3, 1));
      const { low, high } = bootstrapMean([values], rng);
      return Number(low <= 0.3 && 0.3 <= high);
    });
    expect(mean(covered)).toBeGreaterThan(0.89);
    expect(mean(covered)).toBeLessThan(0.99);
  });
});
