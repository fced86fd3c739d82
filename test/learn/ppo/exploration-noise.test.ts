import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { ExplorationNoise } from "../../../src/learn/ppo/exploration-noise.ts";

const ENVS = 2000;
const ACTIONS = 2;

/** Mean product of two rows of numbers. */
function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] * b[i]) / a.length;
  return sum;
}

describe("exploration noise", () => {
  it.each([0, 0.5, 0.9])(
    "with a correlation of %f is as wide at every step, and forgets at that rate",
    (correlation) => {
      const noise = new ExplorationNoise(ENVS, ACTIONS, correlation);
      const rng = new Rng(1);
      noise.advance(rng);
      const first = noise.values.slice();
      for (let step = 1; step <= 3; step++) {
        noise.advance(rng);
        expect(Math.abs(product(noise.values, noise.values) - 1)).toBeLessThan(0.1);
        expect(Math.abs(product(noise.values, first) - correlation ** step)).toBeLessThan(0.07);
      }
    },
  );

  it("has no past at the beginning of an episode, but in the other environments", () => {
    const noise = new ExplorationNoise(ENVS, ACTIONS, 0.95);
    const rng = new Rng(2);
    noise.advance(rng);
    const before = noise.values.slice();
    for (let env = 0; env < ENVS / 2; env++) noise.forget(env);
    noise.advance(rng);
    const half = (ENVS / 2) * ACTIONS;
    expect(Math.abs(product(noise.values.subarray(0, half), before.subarray(0, half)))).toBeLessThan(0.1);
    expect(product(noise.values.subarray(half), before.subarray(half))).toBeGreaterThan(0.85);
  });
});
