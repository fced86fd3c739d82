import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import type { Graph } from "../../../src/learn/graph/graph.ts";
import type { Node } from "../../../src/learn/graph/node.ts";
import { PpoConfig } from "../../../src/learn/ppo/config.ts";
import {
  gaussianEntropy,
  gaussianKl,
  gaussianLogProb,
  sampleActions,
} from "../../../src/learn/ppo/gaussian.ts";
import { adaptedRate, surrogateLoss, symmetryLoss, valueLoss } from "../../../src/learn/ppo/losses.ts";
import { evaluate } from "../support/evaluate.ts";

/** The value of a scalar built from constants. */
async function scalar(build: (graph: Graph) => Node): Promise<number> {
  const { y } = await evaluate({}, {}, (_, graph) => ({ y: build(graph) }));
  return y[0];
}

describe("the clipped surrogate", () => {
  it.each([
    ["takes the ratio while it is near 1", 1.1, 2, -2.2],
    ["does not reward going further up", 1.5, 2, -2.4],
    ["does not reward going further down", 0.5, -2, 1.6],
    ["still punishes having gone the wrong way", 1.5, -2, 3],
  ])("%s", async (_, ratio, advantage, expected) => {
    const loss = await scalar((graph) =>
      surrogateLoss(graph.constant([Math.log(ratio)]), graph.constant([0]), graph.constant([advantage]), 0.2),
    );
    expect(loss).toBeCloseTo(expected, 12);
  });
});

describe("the value loss", () => {
  const loss = (value: number, old: number, target: number, limit?: number): Promise<number> =>
    scalar((graph) =>
      valueLoss(
        graph.constant([value]),
        graph.constant([target]),
        limit === undefined ? undefined : { old: graph.constant([old]), limit },
      ),
    );

  it("is the squared error", async () => expect(await loss(3, 0, 1)).toBe(4));
  it("does not reward a jump beyond the limit", async () => expect(await loss(1, 0, 1, 0.25)).toBe(0.5625));
  it("punishes a jump in the wrong direction in full", async () =>
    expect(await loss(-1, 0, 1, 0.25)).toBe(4));
});

describe("the Gaussian policy", () => {
  it("has the density, entropy and divergence of the textbook", async () => {
    const [mean, sigma, oldMean, oldSigma] = [0.5, 0.3, 0.1, 0.4];
    const logSigma = (graph: Graph): Node => graph.constant([Math.log(sigma)]);
    const logProb = await scalar((g) => gaussianLogProb(g.constant([0.7]), g.constant([mean]), logSigma(g)));
    const entropy = await scalar((g) => gaussianEntropy(logSigma(g)));
    const kl = await scalar((g) =>
      gaussianKl(g.constant([mean]), logSigma(g), {
        mean: g.constant([oldMean]),
        deviation: g.constant([oldSigma]),
      }),
    );
    const density = Math.exp(-0.5 * (0.2 / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI));
    expect(logProb).toBeCloseTo(Math.log(density), 12);
    expect(entropy).toBeCloseTo(0.5 * Math.log(2 * Math.PI * Math.E * sigma ** 2), 12);
    const exact = Math.log(sigma / oldSigma) + (oldSigma ** 2 + 0.16) / (2 * sigma ** 2) - 0.5;
    expect(kl).toBeCloseTo(exact, 4); // rsl_rl adds 1e-5 inside the logarithm
  });

  it("draws with the mean and deviation that it is given, and knows how likely each draw was", () => {
    const rows = 4000;
    const [mean, deviation] = [new Float32Array(2 * rows), Float32Array.of(0.5, 2)];
    for (let i = 0; i < rows; i++) mean.set([1, -3], 2 * i);
    const actions = new Float32Array(2 * rows);
    const logProb = new Float32Array(rows);
    sampleActions(mean, deviation, new Rng(1), actions, logProb);
    for (const [k, mu] of [1, -3].entries()) {
      const draws = actions.filter((_, i) => i % 2 === k);
      const average = draws.reduce((a, b) => a + b) / rows;
      const spread = Math.sqrt(draws.reduce((a, b) => a + (b - average) ** 2, 0) / rows);
      expect(Math.abs(average - mu)).toBeLessThan(4 * (deviation[k] / Math.sqrt(rows)));
      expect(spread / deviation[k]).toBeCloseTo(1, 1);
    }
    const density = (x: number, mu: number, sigma: number): number =>
      -0.5 * ((x - mu) / sigma) ** 2 - Math.log(sigma * Math.sqrt(2 * Math.PI));
    expect(logProb[7]).toBeCloseTo(density(actions[14], 1, 0.5) + density(actions[15], -3, 2), 4);
  });
});

describe("the learning rate", () => {
  const config = PpoConfig.parse({ desiredKl: 0.01, maxLearningRate: 1, minLearningRate: 0.1 });
  it.each([
    ["falls after a large step", 0.021, 0.6, 0.4],
    ["stays after a fair one", 0.01, 0.6, 0.6],
    ["rises after a timid one", 0.004, 0.6, 0.9],
    ["stays before anything has moved", 0, 0.6, 0.6],
    ["does not leave its bounds", 0.001, 0.9, 1],
  ])("%s", async (_, kl, rate, expected) => {
    expect(await scalar((g) => adaptedRate(g.constant(rate), g.constant(kl), config))).toBeCloseTo(
      expected,
      12,
    );
  });
});

describe("the symmetry loss", () => {
  it("is the mean square of what the mirror changes", async () => {
    expect(await scalar((g) => symmetryLoss(g.constant([1, 2]), g.constant([1, -1])))).toBe(4.5);
  });
});
