import { Rng, UsageError } from "../../common/index.ts";
import {
  cosineSchedule,
  encodeModel,
  InferenceSession,
  type ParameterLayout,
  type SessionOptions,
  type TensorFile,
  type TensorValue,
  TrainingSession,
} from "../../learn/index.ts";
import { actionDims } from "../data/demo-episodes.ts";
import { chunkAt, type EpisodeSet, type FrameRef } from "../data/episodes.ts";
import { NotFiniteError } from "../errors.ts";
import { rebase, statisticsOf } from "../normalisation.ts";
import type { Head, VlaSpec } from "../vla-spec.ts";
import { Batch, UNDISTURBED } from "./batches.ts";
import { readTrainerCheckpoint, writeTrainerCheckpoint } from "./checkpoint.ts";
import { type VlaFiles, writeVla } from "./export.ts";
import { FrameOrder, type FrameSplit, splitEpisodes } from "./frame-order.ts";
import { featureSizeOf } from "./network-shape.ts";
import type { VlaTraining } from "./training-config.ts";
import { networkLayout, trainingGraph, validationGraph } from "./training-graph.ts";

/** What a run of a few steps did. */
export interface TrainingReport {
  /** Gradient steps so far. */
  readonly step: number;
  /** Mean over these steps. */
  readonly loss: number;
  readonly landmarkLoss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Steps of the run so far that were left out because their gradient was no number. */
  readonly skipped: number;
  readonly framesPerSecond: number;
}

export interface TrainerOptions {
  readonly name: string;
  readonly set: EpisodeSet;
  readonly config: VlaTraining;
  readonly seed: number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly checkpoint?: TensorFile | undefined;
  readonly session?: SessionOptions;
}

/** Gradients that are no number are left out; so many in a row mean that training has broken down. */
const MAX_SKIPPED_IN_A_ROW = 20;
/** Frames that validation looks at, at most. */
const VALIDATION_FRAMES = 256;
/** Frames that normalisation is made from, at most. */
const STATISTICS_FRAMES = 20_000;

/**
 * Trains the small VLA on demonstrations. What each step sees follows from seed and step number alone, so that a run that
 * is resumed from a checkpoint does the same as one that never stopped. Hold it with `using`.
 */
export class VlaTrainer implements Disposable {
  readonly spec: VlaSpec;
  readonly config: VlaTraining;
  /** Parameters of the network. */
  readonly parameterCount: number;
  /** Frames that it is trained on, and that are kept aside. */
  readonly frames: { readonly training: number; readonly validation: number };
  readonly #layout: ParameterLayout;
  readonly #session: TrainingSession;
  readonly #validation: InferenceSession;
  readonly #batch: Batch;
  readonly #heldOut: Batch;
  readonly #split: FrameSplit;
  readonly #order: FrameOrder;
  readonly #rng: Rng;
  readonly #now: () => number;
  readonly #rates: { readonly learningRate: Float32Array; readonly averageShare: Float32Array };
  readonly #schedule: (step: number) => number;
  #step = 0;
  #skipped = 0;

  private constructor(parts: Parts) {
    const { options, spec, split } = parts;
    const { config } = options;
    this.spec = spec;
    this.config = config;
    this.frames = { training: split.training.length, validation: split.validation.length };
    this.#layout = parts.layout;
    this.parameterCount = parts.layout.size;
    this.#session = parts.session;
    this.#validation = parts.validation;
    this.#batch = parts.batch;
    this.#heldOut = parts.heldOut;
    this.#split = split;
    this.#rates = parts.rates;
    this.#rng = new Rng(options.seed);
    this.#order = new FrameOrder(split.training, config.batchSize, config.firstFrameShare, this.#rng);
    this.#now = options.now;
    this.#schedule = cosineSchedule(
      config.learningRate,
      config.steps,
      config.warmUp,
      config.learningRate / 50,
    );
    const initial = this.#layout.initial(this.#rng.fork("weights"));
    this.#session.state("parameters").set(initial);
    this.#session.state("average").set(initial);
  }

  /** Throws `UsageError` for demonstrations too few to train on, and `CheckpointError` for a foreign checkpoint. */
  static async create(options: TrainerOptions): Promise<VlaTrainer> {
    const { set, config, session: sessionOptions = {} } = options;
    const split = splitEpisodes(set, config.validationShare, new Rng(options.seed).fork("split"));
    const spec = specOf(options, split.training);
    const layout = networkLayout(spec);
    const shape = { frames: config.batchSize, noises: config.noisesPerFrame };
    const batch = new Batch(set, spec, shape);
    const heldOut = new Batch(set, spec, { ...shape, frames: heldOutBatch(config) });
    const rates = { learningRate: new Float32Array(1), averageShare: new Float32Array(1) };
    const scalar = (data: Float32Array): TensorValue => ({ type: "float32", dims: [], data });
    const feeds = {
      ...batch.tensors,
      learningRate: scalar(rates.learningRate),
      averageShare: scalar(rates.averageShare),
    };
    const session = await TrainingSession.create(trainingGraph(spec, config, shape), feeds, sessionOptions);
    const judge = validationGraph(spec, { ...shape, frames: heldOutBatch(config) });
    const validation = await InferenceSession.load(encodeModel(judge.model("validation")), sessionOptions);
    const trainer = new VlaTrainer({
      options,
      spec,
      layout,
      session,
      validation,
      batch,
      heldOut,
      split,
      rates,
    });
    if (options.checkpoint !== undefined) trainer.#restore(options.checkpoint);
    return trainer;
  }

  /** Gradient steps so far. */
  get step(): number {
    return this.#step;
  }

  get isDone(): boolean {
    return this.#step >= this.config.steps;
  }

  /** Why it runs on another execution provider than asked for. */
  get notice(): string | undefined {
    return this.#session.notice;
  }

  /** Does up to `count` gradient steps. Throws `NotFiniteError` where training has broken down. */
  async train(count: number): Promise<TrainingReport> {
    const begun = this.#now();
    const last = Math.min(this.config.steps, this.#step + count);
    const steps = last - this.#step;
    let [loss, landmarkLoss, norm, inARow] = [0, 0, 0, 0];
    while (this.#step < last) {
      const result = await this.#one();
      inARow = result === undefined ? inARow + 1 : 0;
      if (inARow > MAX_SKIPPED_IN_A_ROW) throw brokenDown(this.#step);
      loss += result?.loss ?? 0;
      landmarkLoss += result?.landmarkLoss ?? 0;
      norm += result?.norm ?? 0;
    }
    const seconds = (this.#now() - begun) / 1000;
    return {
      step: this.#step,
      loss: loss / steps,
      landmarkLoss: landmarkLoss / steps,
      gradientNorm: norm / steps,
      learningRate: this.#rates.learningRate[0],
      skipped: this.#skipped,
      framesPerSecond: (steps * this.config.batchSize) / seconds,
    };
  }

  /** The loss of the averaged weights on episodes that are never trained on, always with the same noise. */
  async validate(): Promise<number> {
    const { validation } = this.#split;
    const average = this.#session.state("average");
    const parameters: TensorValue = { type: "float32", dims: [average.length], data: average };
    const size = heldOutBatch(this.config);
    const rng = this.#rng.fork("validation");
    const batches = Math.max(1, Math.floor(Math.min(VALIDATION_FRAMES, validation.length) / size));
    let sum = 0;
    for (let b = 0; b < batches; b++) {
      const frames = Array.from({ length: size }, () => rng.pick(validation));
      this.#heldOut.fill(frames, rng, UNDISTURBED);
      const result = await this.#validation.run({ ...this.#heldOut.tensors, parameters });
      sum += (result.loss.data as Float32Array)[0];
    }
    return sum / batches;
  }

  /** The averaged weights as a model to run. */
  export(provenance: Readonly<Record<string, unknown>> = {}): VlaFiles {
    const weights = this.#session.state("average").slice();
    return writeVla({ ...this.spec, provenance }, this.#layout, weights);
  }

  /** Everything that the rest of the training depends on, besides demonstrations and config. */
  checkpoint(): TensorFile {
    return writeTrainerCheckpoint(this.#session, this.#layout, { step: this.#step, skipped: this.#skipped });
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
    this.#validation[Symbol.dispose]();
  }

  #restore(file: TensorFile): void {
    const { step, skipped } = readTrainerCheckpoint(file, this.#session, this.#layout);
    this.#step = step;
    this.#skipped = skipped;
  }

  /** One gradient step; undefined where its gradient was no number and it changed nothing. */
  async #one(): Promise<{ loss: number; landmarkLoss: number; norm: number } | undefined> {
    const { config } = this;
    const rng = this.#rng.fork(`step ${this.#step}`);
    this.#batch.fill(this.#order.ofStep(this.#step), rng, config);
    this.#rates.learningRate[0] = this.#schedule(this.#step);
    // The average of the first steps forgets sooner, so that it does not stay with the random beginning.
    this.#rates.averageShare[0] = 1 - Math.min(config.emaDecay, (1 + this.#step) / (10 + this.#step));
    await this.#session.step();
    this.#step++;
    const [loss] = this.#session.result("loss");
    const [landmarkLoss] = this.#session.result("landmarkLoss");
    const [norm] = this.#session.result("gradientNorm");
    if (Number.isFinite(norm) && Number.isFinite(loss)) return { loss, landmarkLoss, norm };
    this.#skipped++;
    return undefined;
  }
}

interface Parts {
  readonly options: TrainerOptions;
  readonly spec: VlaSpec;
  readonly layout: ParameterLayout;
  readonly session: TrainingSession;
  readonly validation: InferenceSession;
  readonly batch: Batch;
  readonly heldOut: Batch;
  readonly split: FrameSplit;
  readonly rates: { readonly learningRate: Float32Array; readonly averageShare: Float32Array };
}

const heldOutBatch = (config: VlaTraining): number => Math.min(32, config.batchSize);

function brokenDown(step: number): NotFiniteError {
  return new NotFiniteError(
    `${MAX_SKIPPED_IN_A_ROW} gradients in a row before step ${step} were no numbers.`,
    "Go on from an earlier checkpoint with a lower learning rate.",
  );
}

function specOf({ name, set, config }: TrainerOptions, training: readonly FrameRef[]): VlaSpec {
  const { actionsPerToken } = config.network;
  if (config.head !== "autoregressive" && config.chunkHorizon % actionsPerToken !== 0)
    throw new UsageError(
      `A chunk of ${config.chunkHorizon} actions does not divide into tokens of ${actionsPerToken}.`,
      "Choose --network.actions-per-token so that it does.",
    );
  const actions = actionDims(set.actions, set.proprioception, config.relativeActions);
  const every = Math.max(1, Math.floor(training.length / STATISTICS_FRAMES));
  const frames = training.filter((_, i) => i % every === 0);
  const size = config.chunkHorizon * actions.length;
  const count = set.proprioception.length;
  const states = new Float32Array(frames.length * count);
  const chunks = new Float32Array(frames.length * size);
  frames.forEach(({ episode, picture }, i) => {
    const source = set.episodes[episode];
    const at = picture * source.imageStride;
    const state = source.proprioception.subarray(at * count, (at + 1) * count);
    states.set(state, i * count);
    const chunk = chunks.subarray(i * size, (i + 1) * size);
    rebase(chunkAt(source, at, actions.length, chunk), actions, state, -1);
  });
  return {
    format: "contrapposto vla 1",
    name,
    robot: set.robot,
    cameras: [...set.cameras],
    proprioception: [...set.proprioception],
    actions,
    chunkHorizon: config.chunkHorizon,
    executeHorizon: Math.min(config.executeHorizon, config.chunkHorizon),
    chunkTimestep: set.timestep,
    head: headOf(config),
    featureSize: featureSizeOf(config.network),
    takesNoise: true,
    normalisation: {
      proprioception: statisticsOf(states, count),
      actions: statisticsOf(chunks, actions.length),
    },
    network: config.network,
    modelHash: "",
    tasks: [...set.tasks],
    provenance: {},
  };
}

function headOf({ head, denoisingSteps, bins }: VlaTraining): Head {
  return head === "autoregressive"
    ? { kind: head, bins, temperature: 1 }
    : { kind: head, steps: denoisingSteps };
}
