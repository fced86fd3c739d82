import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { EvolutionStrategy } from "../../../src/learn/index.ts";

describe("the evolution strategy", () => {
  const minimise = (cost: (x: Float64Array) => number, generations: number, size = 6) => {
    const strategy = new EvolutionStrategy(new Float64Array(size).fill(1), 0.5, new Rng(1));
    for (let k = 0; k < generations; k++) strategy.tell(strategy.ask().map(cost));
    return strategy.mean;
  };

  it("finds the bottom of a bowl", () => {
    const bowl = (x: Float64Array) => x.reduce((sum, value, i) => sum + (value - i) ** 2, 0);
    const found = minimise(bowl, 150);
    for (const [i, value] of found.entries()) expect(value).toBeCloseTo(i, 5);
  });

  it("finds it too where one direction is a thousand times as steep as another", () => {
    const valley = (x: Float64Array) => x.reduce((sum, value, i) => sum + 1000 ** (i / 5) * value ** 2, 0);
    const found = minimise(valley, 200);
    for (const value of found) expect(value).toBeCloseTo(0, 4);
  });

  it("comes near it where what it is told is noisy", () => {
    const noise = new Rng(2);
    const bowl = (x: Float64Array) => x.reduce((sum, value) => sum + value ** 2, 0) + noise.normal(0, 0.1);
    for (const value of minimise(bowl, 100)) expect(Math.abs(value)).toBeLessThan(0.35);
  });

  it("tries the same for the same seed, around where it is", () => {
    const ask = () => new EvolutionStrategy([1, 2, 3], 0.1, new Rng(5), 200).ask();
    expect(ask()).toEqual(ask());
    const second = ask().map((candidate) => candidate[1]);
    const mean = second.reduce((a, b) => a + b, 0) / second.length;
    expect(mean).toBeCloseTo(2, 1);
    const variance = second.reduce((sum, value) => sum + (value - mean) ** 2, 0) / second.length;
    expect(Math.sqrt(variance)).toBeGreaterThan(0.08);
    expect(Math.sqrt(variance)).toBeLessThan(0.12);
  });
});
