/**
 * A moving average of weights over the iterations of learning, after Polyak and Juditsky (1992). At a constant learning rate the
 * weights wander about what is best, and so does what the policy does; their average lies nearer to it. It begins as the
 * mean of all iterations, until that is longer than the average is to be.
 */
export class WeightAverage {
  readonly values: Float32Array;
  readonly #decay: number;

  /** @param decay share of the old average that each iteration keeps, in [0, 1); at 0 the average is the newest weights */
  constructor(size: number, decay: number) {
    this.values = new Float32Array(size);
    this.#decay = decay;
  }

  /** Takes in the weights after iteration number `iteration`, counted from 1. */
  add(weights: Float32Array, iteration: number): void {
    const { values } = this;
    const share = Math.max(1 - this.#decay, 1 / iteration);
    for (let i = 0; i < values.length; i++) values[i] += (weights[i] - values[i]) * share;
  }
}
