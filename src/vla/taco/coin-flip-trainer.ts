import { type Rng, UsageError } from "../../common/index.ts";
import {
  oneCycleSchedule,
  type ParameterLayout,
  type Schedule,
  type SessionOptions,
  type TensorValue,
  TrainingSession,
} from "../../learn/index.ts";
import { NotFiniteError } from "../errors.ts";
import type { CoinFlipConfig } from "./coin-flip-config.ts";
import { branchLayout, coinFlipTrainingGraph } from "./coin-flip-graph.ts";
import { coinsOf } from "./coins.ts";
import type { FeatureTable } from "./feature-table.ts";
import { PriorMoments } from "./prior-moments.ts";

/** A trained counter: both branches as flat vectors of `branchLayout`, and the moments of the frozen one. */
export interface CoinFlipNet {
  readonly trained: Float32Array;
  readonly prior: Float32Array;
  readonly priorMean: Float32Array;
  readonly priorVariance: Float32Array;
}

/** How far a net has come. */
export interface CoinFlipProgress {
  readonly batches: number;
  readonly totalBatches: number;
  /** Mean squared error against the coins on the last batch, dropout and a noisy prior included. */
  readonly loss: number;
}

/** How long and in what portions a net is trained. */
export interface CoinFlipPlan {
  readonly batch: number;
  readonly batchesPerEpoch: number;
  readonly epochs: number;
  readonly updates: number;
}

/**
 * Batches, epochs and updates for so many samples. A last partial batch of an epoch is dropped, as in TACO; at least a
 * twentieth of the samples goes into a batch. Throws `UsageError` for fewer samples than one update needs.
 */
export function planCoinFlip(config: CoinFlipConfig, samples: number): CoinFlipPlan {
  const batch = Math.min(config.batchSize, Math.max(1, Math.floor(samples / 20)));
  const batchesPerEpoch = Math.floor(samples / batch);
  if (samples < 2)
    throw new UsageError(`${samples} features are too few to count.`, "Collect more demonstrations.");
  const epochs = Math.max(
    config.epochs,
    Math.ceil((config.minUpdates * config.accumulate) / batchesPerEpoch),
  );
  return {
    batch,
    batchesPerEpoch,
    epochs,
    updates: Math.floor((epochs * batchesPerEpoch) / config.accumulate),
  };
}

/** Trains counters on one table of features, one net after the other. It holds native memory: hold it with `using`. */
export class CoinFlipTrainer implements Disposable {
  readonly plan: CoinFlipPlan;
  readonly #config: CoinFlipConfig;
  readonly #samples: number;
  readonly #layout: ParameterLayout;
  readonly #session: TrainingSession;
  readonly #feeds: Feeds;
  readonly #moments: PriorMoments;

  private constructor(
    config: CoinFlipConfig,
    features: FeatureTable,
    session: TrainingSession,
    parts: Parts,
  ) {
    this.#config = config;
    this.#samples = features.count;
    this.#session = session;
    this.plan = parts.plan;
    this.#layout = parts.layout;
    this.#feeds = parts.feeds;
    this.#moments = parts.moments;
  }

  /** @param features kept, not copied */
  static async create(
    features: FeatureTable,
    config: CoinFlipConfig,
    options: SessionOptions = {},
  ): Promise<CoinFlipTrainer> {
    const plan = planCoinFlip(config, features.count);
    const layout = branchLayout(config.shape, features.size);
    const moments = new PriorMoments(config.shape.coins);
    const graph = coinFlipTrainingGraph(config, {
      samples: features.count,
      featureSize: features.size,
      batch: plan.batch,
    });
    const feeds = makeFeeds(features, config, plan, layout, moments);
    const session = await TrainingSession.create(graph, feeds.tensors, options);
    return new CoinFlipTrainer(config, features, session, { plan, layout, feeds, moments });
  }

  /**
   * Trains one net from its own beginning. What it becomes follows from `rng` alone, but for the dropout of nets trained
   * before it in the same trainer.
   *
   * @param watch called after every batch; throw in it to stop
   */
  async train(rng: Rng, watch?: (progress: CoinFlipProgress) => void): Promise<CoinFlipNet> {
    const { accumulate } = this.#config;
    const { batch, batchesPerEpoch, epochs } = this.plan;
    const prior = this.#begin(rng);
    const coinSeed = rng.fork("coins").uint32();
    const totalBatches = epochs * batchesPerEpoch;
    const schedule = schedules(this.#config, totalBatches);
    const samples = Uint32Array.from({ length: this.#samples }, (_, i) => i);
    let done = 0;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = rng.fork(`epoch ${epoch}`).shuffled(samples);
      for (let b = 0; b < batchesPerEpoch; b++) {
        this.#feed(order.slice(b * batch, (b + 1) * batch), coinSeed);
        this.#feeds.isUpdate[0] = (done + 1) % accumulate === 0 ? 1 : 0;
        this.#feeds.learningRate[0] = schedule.learningRate(done);
        this.#feeds.beta1[0] = schedule.beta1(done);
        const loss = await this.#step();
        done++;
        watch?.({ batches: done, totalBatches, loss });
      }
    }
    return {
      trained: this.#session.state("parameters").slice(),
      prior,
      priorMean: this.#moments.mean.slice(),
      priorVariance: this.#moments.variance.slice(),
    };
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  #begin(rng: Rng): Float32Array {
    for (const name of this.#session.stateNames) this.#session.state(name).fill(0);
    const initial = this.#layout.initial(rng.fork("trained"));
    this.#session.state("parameters").set(initial);
    this.#moments.reset();
    const isCopy = this.#config.shape.prior === "copy";
    const prior = isCopy ? initial : this.#layout.initial(rng.fork("prior"));
    this.#feeds.prior.set(prior);
    return prior;
  }

  #feed(samples: readonly number[], coinSeed: number): void {
    const { indices, coins } = this.#feeds;
    const d = this.#config.shape.coins;
    indices.set(samples);
    if (this.#config.target === "zero") return;
    for (let i = 0; i < samples.length; i++)
      coinsOf(samples[i], coinSeed, coins.subarray(i * d, (i + 1) * d));
  }

  async #step(): Promise<number> {
    await this.#session.step();
    const [loss] = this.#session.result("loss");
    if (!Number.isFinite(loss))
      throw new NotFiniteError(
        "The counting network's loss is no number.",
        "Check that all features are finite, or lower the learning rate.",
      );
    // After the pass, so that a batch is normalised by what came before it.
    if (this.#config.shape.prior !== "none") this.#moments.add(this.#session.result("priorOutput"));
    return loss;
  }
}

interface Parts {
  readonly plan: CoinFlipPlan;
  readonly layout: ParameterLayout;
  readonly feeds: Feeds;
  readonly moments: PriorMoments;
}

/** Arrays that each step reads, changed in place between steps. */
interface Feeds {
  readonly tensors: Readonly<Record<string, TensorValue>>;
  readonly indices: Int32Array;
  readonly coins: Float32Array;
  readonly prior: Float32Array;
  readonly isUpdate: Float32Array;
  readonly learningRate: Float32Array;
  readonly beta1: Float32Array;
}

function makeFeeds(
  features: FeatureTable,
  { shape }: CoinFlipConfig,
  { batch }: CoinFlipPlan,
  layout: ParameterLayout,
  moments: PriorMoments,
): Feeds {
  const indices = new Int32Array(batch);
  const coins = new Float32Array(batch * shape.coins);
  const prior = new Float32Array(layout.size);
  const [isUpdate, learningRate, beta1] = [new Float32Array(1), new Float32Array(1), new Float32Array(1)];
  const floats = (data: Float32Array, dims: readonly number[]): TensorValue => ({
    type: "float32",
    dims,
    data,
  });
  const priorTensors = {
    prior: floats(prior, [prior.length]),
    priorMean: floats(moments.mean, [shape.coins]),
    priorVariance: floats(moments.variance, [shape.coins]),
  };
  const tensors = {
    features: floats(features.rows, [features.count, features.size]),
    indices: { type: "int32" as const, dims: [batch], data: indices },
    coins: floats(coins, [batch, shape.coins]),
    isUpdate: floats(isUpdate, []),
    learningRate: floats(learningRate, []),
    beta1: floats(beta1, []),
    ...(shape.prior === "none" ? {} : priorTensors),
  };
  return { tensors, indices, coins, prior, isUpdate, learningRate, beta1 };
}

/** TACO's one-cycle schedule, stepped with every batch: of the learning rate up, of Adam's first moment down. */
function schedules(config: CoinFlipConfig, steps: number): { learningRate: Schedule; beta1: Schedule } {
  const peak = config.learningRate;
  const rise = 0.3;
  return {
    learningRate: oneCycleSchedule({ start: peak / 25, peak, end: peak / 25e4, rise }, steps),
    beta1: oneCycleSchedule({ start: 0.95, peak: 0.85, end: 0.95, rise }, steps),
  };
}
