/** A count, means and variances to store in a checkpoint. */
export interface NormaliserState {
  readonly count: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Keeps observations that hardly vary from being blown up. */
const LEAST = 0.01;

/** As many samples as no run sees. */
const SETTLED = 1e9;

/** Running mean and deviation of each observation, from which a network sees (obs - mean) · scale. */
export class Normaliser {
  readonly size: number;
  /** Float32 copies for the graph: [size] each, kept and overwritten. */
  readonly mean: Float32Array;
  readonly scale: Float32Array;
  readonly #leastDeviations: Float64Array;
  #count = 0;
  readonly #mean: Float64Array;
  readonly #variance: Float64Array;

  /**
   * @param leastDeviations deviation by which each observation is scaled while it varies less [size]: of those that rest at first
   * and will vary later. Divided by what they vary while they rest, the first that moved would be beyond all that was ever seen
   */
  constructor(size: number, leastDeviations: Float64Array = new Float64Array(size)) {
    this.size = size;
    this.#leastDeviations = leastDeviations;
    this.mean = new Float32Array(size);
    this.scale = new Float32Array(size).fill(1);
    this.#mean = new Float64Array(size);
    this.#variance = new Float64Array(size).fill(1);
  }

  /** Takes in rows of observations [rows, size] (Chan et al. 1983, merging two samples). */
  update(rows: Float32Array): void {
    const count = rows.length / this.size;
    const total = this.#count + count;
    const { mean, variance } = moments(rows, this.size);
    for (let i = 0; i < this.size; i++) {
      const shift = mean[i] - this.#mean[i];
      const squares = this.#variance[i] * this.#count + variance[i] * count;
      this.#variance[i] = (squares + (shift * shift * this.#count * count) / total) / total;
      this.#mean[i] += (shift * count) / total;
    }
    this.#count = total;
    this.#publish();
  }

  /** Takes over a normalisation [size] under which weights were learnt, which rely on it: from then on it hardly moves. */
  adopt(mean: Float64Array, scale: Float64Array): void {
    this.state = { count: SETTLED, mean, variance: scale.map((factor) => (1 / factor - LEAST) ** 2) };
  }

  get state(): NormaliserState {
    return { count: this.#count, mean: this.#mean.slice(), variance: this.#variance.slice() };
  }

  set state({ count, mean, variance }: NormaliserState) {
    this.#count = count;
    this.#mean.set(mean);
    this.#variance.set(variance);
    if (count > 0) this.#publish();
  }

  #publish(): void {
    const isAdopted = this.#count >= SETTLED;
    for (let i = 0; i < this.size; i++) {
      const deviation = Math.sqrt(this.#variance[i]);
      this.mean[i] = this.#mean[i];
      this.scale[i] = 1 / ((isAdopted ? deviation : Math.max(deviation, this.#leastDeviations[i])) + LEAST);
    }
  }
}

/** The observations' normalisation as the networks see it at the moment. */
export interface Normalisers {
  readonly obs: Normaliser;
  readonly criticObs: Normaliser;
}

function moments(rows: Float32Array, size: number): { mean: Float64Array; variance: Float64Array } {
  const count = rows.length / size;
  const mean = new Float64Array(size);
  const variance = new Float64Array(size);
  for (let i = 0; i < rows.length; i += size) for (let j = 0; j < size; j++) mean[j] += rows[i + j];
  for (let j = 0; j < size; j++) mean[j] /= count;
  for (let i = 0; i < rows.length; i += size)
    for (let j = 0; j < size; j++) variance[j] += (rows[i + j] - mean[j]) ** 2;
  for (let j = 0; j < size; j++) variance[j] /= count;
  return { mean, variance };
}
