import { Rng } from "../../common/index.ts";
import type { Graph } from "../graph/graph.ts";
import type { ParameterLayout } from "../graph/parameters.ts";
import { TrainingSession } from "../optim/training-session.ts";
import type { SessionOptions } from "../runtime.ts";
import type { TensorFile } from "../tensor-file.ts";
import { adoptActor } from "./adopt-actor.ts";
import { amplifyInputs } from "./amplify-inputs.ts";
import { type PpoState, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { Collector } from "./collector.ts";
import type { PpoConfig } from "./config.ts";
import type { EpisodeSummary } from "./episode-log.ts";
import { DivergedError } from "./errors.ts";
import { imitationGraph } from "./imitation.ts";
import { Lesson } from "./lesson.ts";
import type { MirrorMaps } from "./mirror.ts";
import { ACTOR, type ActorCritic, actorCriticLayout, type Example, LOG_DEVIATION } from "./networks.ts";
import { networksFor } from "./networks-for.ts";
import { Normaliser, type Normalisers } from "./normaliser.ts";
import { policyFile } from "./policy-graph.ts";
import { Rollout } from "./rollout.ts";
import { inRounds, type RoundsWatch } from "./rounds.ts";
import { UpdateFeeds } from "./update-feeds.ts";
import { UPDATE_RESULTS, updateGraph } from "./update-graph.ts";
import type { VecEnvironment } from "./vec-environment.ts";
import { WARM_UP_RESULTS, type WarmUpSummary, warmUpGraph } from "./warm-up.ts";
import { WeightAverage } from "./weight-average.ts";

export interface PpoOptions extends SessionOptions {
  readonly seed: number;
  /** How the robot looks in a mirror; needed where the config uses symmetry. */
  readonly mirror?: MirrorMaps;
  /** What observations are normalised by while they vary less than that; see `Normaliser`. Default: none. */
  readonly leastDeviations?: LeastDeviations | undefined;
  /** What the actor's output is added to: behaviour that it begins near and learns to improve on. */
  readonly base?: Example | undefined;
}

/** Least deviations of what the actor and the critic see, in the units of the observations. */
export interface LeastDeviations {
  readonly obs: Float64Array;
  readonly criticObs: Float64Array;
}

/** Where a learning rate that adapts begins for an actor that has learnt elsewhere. */
const CAREFUL_RATE = 1e-4;

/** What one iteration of learning did: means over its gradient steps. */
export type LearningSummary = Readonly<Record<(typeof UPDATE_RESULTS)[number], number>> & {
  /** After the last step. */
  readonly learningRate: number;
  /** Mean standard deviation of the actions, after the last step. */
  readonly deviation: number;
};

/**
 * Proximal policy optimisation (Schulman et al. 2017) as rsl_rl does it: call `collect` and `learn` in turn. All that
 * changes over time is in `checkpoint`, except the environment, which starts new episodes after a resume.
 * It holds native memory: hold it with `using`.
 */
export class Ppo implements Disposable {
  readonly config: PpoConfig;
  readonly networks: ActorCritic;
  readonly layout: ParameterLayout;
  /** The experience of the last `collect`, to look at. */
  readonly rollout: Rollout;
  /** At each `collect`, the standard deviation of the actions is raised to this: change it as a curriculum asks. */
  minDeviation: number;
  readonly #session: TrainingSession;
  readonly #collector: Collector;
  readonly #normalisers: Normalisers;
  readonly #feeds: UpdateFeeds;
  readonly #shuffle: Rng;
  readonly #average: WeightAverage;
  readonly #options: SessionOptions;
  #iteration = 0;

  private constructor(parts: {
    config: PpoConfig;
    networks: ActorCritic;
    layout: ParameterLayout;
    rollout: Rollout;
    session: TrainingSession;
    collector: Collector;
    normalisers: Normalisers;
    feeds: UpdateFeeds;
    shuffle: Rng;
    options: SessionOptions;
  }) {
    this.config = parts.config;
    this.networks = parts.networks;
    this.layout = parts.layout;
    this.rollout = parts.rollout;
    this.minDeviation = parts.config.actor.minDeviation;
    this.#session = parts.session;
    this.#collector = parts.collector;
    this.#normalisers = parts.normalisers;
    this.#feeds = parts.feeds;
    this.#shuffle = parts.shuffle;
    this.#options = parts.options;
    this.#average = new WeightAverage(parts.layout.size, parts.config.averaging);
    this.#average.values.set(this.parameters);
  }

  /** A learner with fresh networks. Throws `PpoConfigError` where config, environment and mirror contradict each other. */
  static async create(env: VecEnvironment, config: PpoConfig, options: PpoOptions): Promise<Ppo> {
    const networks = networksFor(env, config, options);
    const layout = actorCriticLayout(networks);
    const rollout = new Rollout(networks, config.rolloutLength, env.numEnvs);
    const { actor, critic } = env.observationSizes;
    const normalisers = {
      obs: new Normaliser(actor, options.leastDeviations?.obs),
      criticObs: new Normaliser(critic, options.leastDeviations?.criticObs),
    };
    const feeds = new UpdateFeeds(networks, config, rollout, normalisers);
    const graph = updateGraph(networks, layout, config, feeds.shape);
    const session = await TrainingSession.create(graph, feeds.tensors, options);
    const rng = new Rng(options.seed);
    const parts = { config, networks, layout, rollout, session, normalisers, feeds };
    const collector = await Collector.create({ ...parts, env, rng: rng.fork("actions") }, options);
    session.state("parameters").set(layout.initial(rng.fork("weights")));
    session.state("learningRate")[0] = config.learningRate;
    return new Ppo({ ...parts, collector, shuffle: rng.fork("shuffle"), options });
  }

  /** How many iterations of learning are done. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Why it learns on another execution provider than asked for; undefined where it learns as asked. */
  get notice(): string | undefined {
    return this.#session.notice;
  }

  /** Fills `rollout` with `rolloutLength` steps of every environment. */
  async collect(): Promise<EpisodeSummary> {
    const parameters = this.#session.state("parameters");
    const logDeviation = this.layout.view(parameters, LOG_DEVIATION);
    const { deviation } = this.#feeds;
    for (let i = 0; i < logDeviation.length; i++) {
      logDeviation[i] = Math.max(logDeviation[i], Math.log(this.minDeviation));
      deviation[i] = Math.exp(logDeviation[i]);
    }
    this.#collector.parameters.set(parameters);
    const summary = await this.#collector.collect(deviation);
    this.#requireFinite("the sum of rewards", summary.meanReward);
    this.#requireFinite("an action", sum(this.rollout.logProb));
    return summary;
  }

  /** Improves both networks on the rollout. Throws `DivergedError` where a loss is no number any more. */
  async learn(): Promise<LearningSummary> {
    await this.#collector.judge(this.config);
    const sums = Object.fromEntries(UPDATE_RESULTS.map((name) => [name, 0]));
    const { epochs, minibatches } = this.config;
    for (let epoch = 0; epoch < epochs; epoch++) {
      this.#feeds.shuffle(this.#shuffle);
      for (let k = 0; k < minibatches; k++) {
        this.#feeds.choose(k);
        await this.#session.step();
        for (const name of UPDATE_RESULTS) sums[name] += this.#session.result(name)[0];
      }
    }
    for (const name of UPDATE_RESULTS) {
      this.#requireFinite(name, sums[name]);
      sums[name] /= epochs * minibatches;
    }
    // Or a checkpoint could be written of weights that the next step alone would show to be broken.
    this.#requireFinite("a weight", sum(this.parameters));
    // Only now: the policy that acted, and was compared with, saw the old normalisation.
    if (this.config.normaliseObservations) this.#updateNormalisers();
    this.#average.add(this.parameters, ++this.#iteration);
    return {
      ...(sums as LearningSummary),
      learningRate: this.learningRate,
      deviation: this.#meanDeviation(),
    };
  }

  /**
   * Draws the actor towards an example before it learns by reward: it acts, and learns what it should have done instead.
   * Not an iteration; the critic and the deviations stay as they are.
   *
   * @param rounds of collecting, each followed by `passes` over what was collected
   * @param watch hears of each round and may end it early; what was learnt by then stays
   * @returns mean squared difference of its actions from the example's in the last pass
   */
  async imitate(example: Example, rounds: number, passes: number, watch: RoundsWatch = {}): Promise<number> {
    const { networks, layout, config } = this;
    using lesson = await this.#lesson(imitationGraph(networks, layout, config, this.#feeds.shape, example));
    let difference = 0;
    await inRounds(rounds, watch, async () => {
      await this.collect();
      if (config.normaliseObservations) this.#updateNormalisers();
      ({ difference } = await lesson.practise(this.parameters, passes, ["difference"], this.#shuffle));
      this.#settle();
    });
    this.#collector.restart();
    return difference;
  }

  /**
   * Lets a fresh critic learn what an actor is worth that has learnt elsewhere, before it may change it: it acts and stays as it
   * is, by its normalisation too. If the actor's memory is to tell what it sees, it learns to, and to say what it said
   * nonetheless. Not an iteration.
   *
   * @param rounds of collecting, each followed by `epochs` passes over what was collected
   * @param watch as in `imitate`
   * @returns of the last pass: the critic's mean squared error, that of what the memory tells, and how far the actor is from what
   * it said, a mean square in standard deviations of the actions
   */
  async warmUp(rounds: number, watch: RoundsWatch = {}): Promise<WarmUpSummary> {
    const { networks, layout, config } = this;
    const steps = rounds * config.epochs * config.minibatches;
    using lesson = await this.#lesson(warmUpGraph(networks, layout, config, this.#feeds.shape, steps));
    let summary: WarmUpSummary = { valueLoss: Number.NaN, estimateLoss: Number.NaN, drift: Number.NaN };
    if (networks.estimates > 0) this.#collector.follow(Float32Array.from(this.parameters));
    await inRounds(rounds, watch, async () => {
      await this.collect();
      await this.#collector.judge(config);
      summary = await lesson.practise(this.parameters, config.epochs, WARM_UP_RESULTS, this.#shuffle);
      this.#settle();
      if (config.normaliseObservations) this.#updateCriticNormaliser();
    });
    if (networks.estimates > 0) this.#collector.follow(undefined);
    for (const { name } of layout.entries.filter(({ name }) => !name.startsWith(ACTOR)))
      for (const moment of ["adam.firstMoment", "adam.secondMoment"])
        layout.view(this.#session.state(moment), name).set(layout.view(lesson.moment(moment), name));
    return summary;
  }

  get learningRate(): number {
    return this.#session.state("learningRate")[0];
  }

  set learningRate(value: number) {
    this.#session.state("learningRate")[0] = value;
  }

  /** The flat vector of all weights, laid out by `layout`: a view until the next step of learning. */
  get parameters(): Float32Array {
    return this.#session.state("parameters");
  }

  /** Standard deviation of each action [actionSize], copied. */
  get deviations(): Float32Array {
    return this.layout.view(this.parameters, LOG_DEVIATION).map(Math.exp);
  }

  /** @param deviation standard deviation of every action from now on, in the units of actions */
  explore(deviation: number): void {
    this.layout.view(this.parameters, LOG_DEVIATION).fill(Math.log(deviation));
  }

  /** The actor, with averaged weights, as the bytes of a policy file without its description. */
  policyFile(): Uint8Array {
    return policyFile(this.networks, this.layout, this.#average.values, this.#normalisers.obs);
  }

  /** Everything needed to go on from here, copied. */
  checkpoint(): TensorFile {
    return writeCheckpoint(this.#state(), this.layout);
  }

  /**
   * Goes on from a checkpoint: exactly, with all episodes started anew, or with its networks, their normalisation and
   * optimiser alone ("networks"), as when a new stage begins, which learns at its own rate where that is fixed. Throws
   * `CheckpointError` if it is for other networks.
   *
   * @returns whether the critic is the checkpoint's too: with "networks", one that saw other things is left behind
   */
  restore(file: TensorFile, what: "all" | "networks" = "all"): boolean {
    const { counters, hasCritic } = readCheckpoint(file, this.#state(), this.layout, what);
    this.#collector.restart();
    if (what === "all") {
      this.#iteration = counters.iteration;
      this.minDeviation = counters.minDeviation;
    } else if (this.config.desiredKl === 0) this.learningRate = this.config.learningRate;
    return hasCritic;
  }

  /**
   * Begins from the actor of a policy file instead of a fresh one; the critic starts fresh. A learning rate that adapts begins
   * low: the first steps at that for fresh networks would throw the actor far away.
   *
   * @param deviations standard deviation of each action; undefined keeps the present ones
   * @throws CheckpointError where the file is not a policy of this network
   */
  adopt(policy: Uint8Array, deviations?: ArrayLike<number>): void {
    const normaliser = this.config.normaliseObservations ? this.#normalisers.obs : undefined;
    adoptActor(policy, deviations, this.layout, this.parameters, normaliser);
    if (this.config.desiredKl > 0) this.learningRate = Math.min(this.learningRate, CAREFUL_RATE);
    this.#average.values.set(this.parameters);
    this.#collector.restart();
  }

  /** Makes the actor respond more, or less, to some observations by a factor; see `amplifyInputs`. */
  amplify(places: readonly number[], gain: number): void {
    const { normaliseObservations, actor } = this.config;
    const normaliser = normaliseObservations ? this.#normalisers.obs : undefined;
    amplifyInputs(this.parameters, this.layout, actor, normaliser, places, gain);
    this.#average.values.set(this.parameters);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
    this.#collector[Symbol.dispose]();
  }

  #state(): PpoState {
    return {
      session: this.#session,
      normalisers: this.#normalisers,
      average: this.#average.values,
      sources: { actions: this.#collector.rng, shuffle: this.#shuffle },
      counters: { iteration: this.#iteration, minDeviation: this.minDeviation },
    };
  }

  #lesson(graph: Graph): Promise<Lesson> {
    return Lesson.open(graph, this.#feeds, this.config, this.#options);
  }

  /** Makes weights that a lesson has changed the ones that are averaged, too. */
  #settle(): void {
    this.#average.values.set(this.parameters);
    this.#requireFinite("a weight", sum(this.parameters));
  }

  #updateNormalisers(): void {
    this.#normalisers.obs.update(this.rollout.obs);
    this.#updateCriticNormaliser();
  }

  #updateCriticNormaliser(): void {
    const { criticObs, length, numEnvs } = this.rollout;
    const rows = length * numEnvs * this.networks.observationSizes.critic;
    this.#normalisers.criticObs.update(criticObs.subarray(0, rows));
  }

  #meanDeviation(): number {
    return sum(this.deviations) / this.deviations.length;
  }

  #requireFinite(what: string, value: number): void {
    if (!Number.isFinite(value)) throw new DivergedError(what, this.#iteration);
  }
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
