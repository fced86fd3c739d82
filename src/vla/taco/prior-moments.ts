/**
 * Running mean and variance of the frozen prior's outputs over all training samples, one by one: TACO's estimate, which
 * takes the deviation from the mean before the sample. Both are buffers to feed a graph with, changed in place.
 */
export class PriorMoments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  #count = 0;

  constructor(size: number) {
    this.mean = new Float32Array(size);
    this.variance = new Float32Array(size);
    this.reset();
  }

  /** Forgets all samples: mean 0 and variance 0.01, as before the first batch. */
  reset(): void {
    this.#count = 0;
    this.mean.fill(0);
    this.variance.fill(0.01);
  }

  /** @param outputs of the prior, [samples, size] */
  add(outputs: Float32Array): void {
    const { mean, variance } = this;
    const size = mean.length;
    for (let row = 0; row < outputs.length; row += size) {
      const share = 1 / ++this.#count;
      for (let j = 0; j < size; j++) {
        const deviation = outputs[row + j] - mean[j];
        mean[j] += deviation * share;
        variance[j] += (deviation * deviation - variance[j]) * share;
      }
    }
  }
}
