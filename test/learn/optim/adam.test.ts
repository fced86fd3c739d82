import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Graph, mlp, ParameterLayout, Parameters } from "../../../src/learn/graph/index.ts";
import { type AdamOptions, adam, clipByNorm, decayMask } from "../../../src/learn/optim/index.ts";
import { compile, evaluate } from "../support/evaluate.ts";

type PlainOptions = AdamOptions & { readonly beta1?: number };

const SHAPES = { x: [3], g: [3], m: [3], v: [3], step: [], rate: [] };

describe("Adam", () => {
  it.each<[string, PlainOptions]>([
    ["with its usual constants", {}],
    ["with constants of one's own", { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }],
    ["with decoupled weight decay", { weightDecay: 0.1 }],
  ])("%s walks where the algorithm of the paper does", async (_, options) => {
    using compiled = await compile(SHAPES, ({ x, g, m, v, step, rate }) => {
      const state = { firstMoment: m, secondMoment: v, step };
      const next = adam(x, g, state, rate, options);
      return { nextX: next.parameters, nextM: next.state.firstMoment, nextV: next.state.secondMoment };
    });
    const reference = new ReferenceAdam([1, -2, 3], options);
    const rng = new Rng(4);
    let [x, m, v] = [
      [1, -2, 3],
      [0, 0, 0],
      [0, 0, 0],
    ].map((values) => Float64Array.from(values));
    for (let k = 0; k < 20; k++) {
      const g = Float64Array.of(rng.normal(), 0, 100 * rng.normal());
      const rate = 0.01 * (k + 1);
      const next = await compiled.run({ x, g, m, v, step: Float64Array.of(k), rate: Float64Array.of(rate) });
      [x, m, v] = [next.nextX, next.nextM, next.nextV].map((values) => Float64Array.from(values));
      reference.step([...g], rate);
    }
    for (const i of [0, 1, 2]) expect(x[i]).toBeCloseTo(reference.x[i], 12);
  });

  it("lets only what the mask names decay", async () => {
    const layout = new ParameterLayout();
    const graph = new Graph();
    mlp(new Parameters(graph, layout), "net", graph.input("x", [1, 2]), [2, 1]);
    const { mask } = await evaluate({}, {}, (_, other) => ({ mask: decayMask(other, layout) }));
    expect(mask).toEqual([1, 1, 1, 1, 0, 0, 1, 1, 0]);
  });
});

describe("clipping by the norm", () => {
  it("shortens a long gradient to the limit and leaves a short one alone", async () => {
    const result = await evaluate({}, {}, (_, graph) => ({
      long: clipByNorm(graph.constant([3, 4]), 1).gradient,
      norm: clipByNorm(graph.constant([3, 4]), 1).norm,
      short: clipByNorm(graph.constant([0.3, 0.4]), 1).gradient,
    }));
    expect(result.long[0]).toBeCloseTo(0.6, 6);
    expect(result.long[1]).toBeCloseTo(0.8, 6);
    expect(result.norm).toEqual([5]);
    expect(result.short).toEqual([0.3, 0.4]);
  });
});

/** Algorithm 1 of Kingma and Ba, with the decay of AdamW, one number at a time. */
class ReferenceAdam {
  readonly x: number[];
  readonly #m: number[];
  readonly #v: number[];
  readonly #options: PlainOptions;
  #t = 0;

  constructor(x: readonly number[], options: PlainOptions) {
    this.x = [...x];
    this.#m = x.map(() => 0);
    this.#v = x.map(() => 0);
    this.#options = options;
  }

  step(g: readonly number[], rate: number): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = this.#options;
    this.#t++;
    g.forEach((gi, i) => {
      this.#m[i] = beta1 * this.#m[i] + (1 - beta1) * gi;
      this.#v[i] = beta2 * this.#v[i] + (1 - beta2) * gi * gi;
      const mHat = this.#m[i] / (1 - beta1 ** this.#t);
      const vHat = this.#v[i] / (1 - beta2 ** this.#t);
      this.x[i] -= rate * (mHat / (Math.sqrt(vHat) + epsilon) + weightDecay * this.x[i]);
    });
  }
}
