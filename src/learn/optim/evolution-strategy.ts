import type { Rng } from "../../common/index.ts";

/**
 * Minimises a function of few numbers by trying some and moving to where the best were: CMA-ES with a diagonal covariance
 * (Ros and Hansen 2008, "A simple modification in CMA-ES achieving linear time and space complexity"). For what a gradient
 * is not to be had of, or drowns in noise. Call `ask` and `tell` in turn.
 */
export class EvolutionStrategy {
  /** Candidates of a generation. */
  readonly population: number;
  /** The middle of what is tried: the answer so far. */
  readonly mean: Float64Array;
  /** Standard deviation of the candidates is this times the root of `variance`, by dimension. */
  #step: number;
  readonly #variance: Float64Array;
  readonly #rng: Rng;
  readonly #weights: Float64Array;
  /** How the means moved lately, in units of the candidates' deviations: once as they are, once by the dimension's own. */
  readonly #stepPath: Float64Array;
  readonly #variancePath: Float64Array;
  readonly #rates: ReturnType<typeof ratesFor>;
  #candidates: Float64Array[] = [];
  #generation = 0;

  /**
   * @param start where to begin; as many numbers as are looked for, all of about the same scale
   * @param deviation how far from there to look at first, standard deviation in each dimension
   * @param population candidates of a generation; default: 4 + 3 ln n
   */
  constructor(start: ArrayLike<number>, deviation: number, rng: Rng, population?: number) {
    const size = start.length;
    this.population = population ?? 4 + Math.floor(3 * Math.log(size));
    this.mean = Float64Array.from(start);
    this.#step = deviation;
    this.#variance = new Float64Array(size).fill(1);
    this.#rng = rng;
    this.#weights = rankWeights(this.population);
    this.#stepPath = new Float64Array(size);
    this.#variancePath = new Float64Array(size);
    this.#rates = ratesFor(size, this.#weights);
  }

  /** The candidates of the next generation. */
  ask(): readonly Float64Array[] {
    this.#candidates = Array.from({ length: this.population }, () =>
      this.mean.map((middle, i) => middle + this.#step * Math.sqrt(this.#variance[i]) * this.#rng.normal()),
    );
    return this.#candidates;
  }

  /** @param costs of the candidates last asked for, in their order; the lower the better */
  tell(costs: readonly number[]): void {
    const ranked = costs.map((_, i) => i).sort((a, b) => costs[a] - costs[b]);
    const best = ranked.slice(0, this.#weights.length).map((i) => this.#candidates[i]);
    const { stepRate, stepDamping, pathRate, rankOneRate, rankManyRate, mass, expectedNorm } = this.#rates;
    const before = this.mean.slice();
    this.#generation++;
    let square = 0;
    for (let i = 0; i < before.length; i++) {
      this.mean[i] = best.reduce((sum, candidate, k) => sum + this.#weights[k] * candidate[i], 0);
      const moved = (this.mean[i] - before[i]) / this.#step;
      this.#stepPath[i] =
        (1 - stepRate) * this.#stepPath[i] +
        (Math.sqrt(stepRate * (2 - stepRate) * mass) * moved) / Math.sqrt(this.#variance[i]);
      square += this.#stepPath[i] ** 2;
    }
    const norm = Math.sqrt(square);
    // Too long a path: the step is about to grow, and the variance must not learn from it as well.
    const isSteady =
      norm / Math.sqrt(1 - (1 - stepRate) ** (2 * this.#generation)) <
      (1.4 + 2 / (before.length + 1)) * expectedNorm;
    for (let i = 0; i < before.length; i++) {
      const moved = (this.mean[i] - before[i]) / this.#step;
      this.#variancePath[i] =
        (1 - pathRate) * this.#variancePath[i] +
        (isSteady ? Math.sqrt(pathRate * (2 - pathRate) * mass) * moved : 0);
      const spread = best.reduce(
        (sum, candidate, k) => sum + this.#weights[k] * ((candidate[i] - before[i]) / this.#step) ** 2,
        0,
      );
      this.#variance[i] =
        (1 - rankOneRate - rankManyRate) * this.#variance[i] +
        rankOneRate * this.#variancePath[i] ** 2 +
        rankManyRate * spread;
    }
    this.#step *= Math.exp((stepRate / stepDamping) * (norm / expectedNorm - 1));
  }
}

/** Weights of the better half, the best one's first; their sum is 1. */
function rankWeights(population: number): Float64Array {
  const raw = Float64Array.from({ length: Math.floor(population / 2) }, (_, k) =>
    Math.log((population + 1) / 2 / (k + 1)),
  );
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => weight / sum);
}

/** Hansen's default rates, those of the covariance raised as a diagonal allows. */
function ratesFor(n: number, weights: Float64Array) {
  const mass = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const raise = (n + 2) / 3;
  const rankOneRate = Math.min(0.5, (raise * 2) / ((n + 1.3) ** 2 + mass));
  const stepRate = (mass + 2) / (n + mass + 5);
  return {
    /** How many candidates the weights amount to. */
    mass,
    stepRate,
    stepDamping: 1 + stepRate + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1),
    pathRate: (4 + mass / n) / (n + 4 + (2 * mass) / n),
    rankOneRate,
    rankManyRate: Math.min(1 - rankOneRate, (raise * 2 * (mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass)),
    /** Of a standard normal vector, on average. */
    expectedNorm: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}
