import type { Rng } from "../../common/index.ts";
import type { ParameterLayout } from "../graph/parameters.ts";
import { encodeModel, float32Tensor } from "../onnx/index.ts";
import { type BoundRun, InferenceSession, type SessionOptions, type TensorValue } from "../runtime.ts";
import type { PpoConfig } from "./config.ts";
import { EpisodeLog, type EpisodeSummary } from "./episode-log.ts";
import { gae, limitOutliers, standardise } from "./gae.ts";
import { sampleActions } from "./gaussian.ts";
import type { ActorCritic } from "./networks.ts";
import type { Normaliser } from "./normaliser.ts";
import { actGraph, valueGraph } from "./policy-graph.ts";
import { memoryRows, type Rollout } from "./rollout.ts";
import type { VecEnvironment, VecObservations, VecStep } from "./vec-environment.ts";

/** The observations' normalisation as the networks see it at the moment. */
export interface Normalisers {
  readonly obs: Normaliser;
  readonly criticObs: Normaliser;
}

/** What a collector works on. */
export interface CollectorParts {
  readonly env: VecEnvironment;
  readonly networks: ActorCritic;
  readonly layout: ParameterLayout;
  readonly rollout: Rollout;
  readonly normalisers: Normalisers;
  readonly rng: Rng;
}

/** Fills rollouts: acts in the environment with the current policy, and judges what happened. */
export class Collector implements Disposable {
  /** The parameters it acts with: written by the learner before each rollout. */
  readonly parameters: Float32Array;
  readonly rng: Rng;
  readonly #parts: CollectorParts;
  readonly #actSession: InferenceSession;
  readonly #valueSession: InferenceSession;
  readonly #actor: BoundActor;
  readonly #judge: BoundRun;
  readonly #critic: Readonly<Record<string, TensorValue>>;
  readonly #log: EpisodeLog;
  readonly #cutOff = new CutOffEpisodes();
  /** Who acts instead of the actor, which only remembers along; undefined where it acts itself. */
  #lead: BoundActor | undefined;
  #now: VecObservations | undefined;

  private constructor(parts: CollectorParts, act: InferenceSession, value: InferenceSession) {
    const { rollout, env, layout, normalisers, networks } = parts;
    this.rng = parts.rng;
    this.parameters = new Float32Array(layout.size);
    this.#parts = parts;
    this.#actSession = act;
    this.#valueSession = value;
    this.#log = new EpisodeLog(env.numEnvs);
    this.#actor = new BoundActor(parts, act, this.parameters);
    const parameters = float32Tensor("", [layout.size], this.parameters);
    this.#critic = { parameters, ...scaleFeeds(networks, "criticObs", normalisers.criticObs) };
    this.#judge = value.bind(
      { ...this.#critic, criticObs: rowsOf(rollout.criticObs, networks.observationSizes.critic) },
      { values: float32Tensor("", [rollout.values.length], rollout.values) },
    );
  }

  /** Acting for one step is so little work that a second thread would only take a core from the environment. */
  static async create(parts: CollectorParts, options: SessionOptions): Promise<Collector> {
    const { networks, layout, env } = parts;
    const act = encodeModel(actGraph(networks, layout, env.numEnvs).model());
    const value = encodeModel(valueGraph(networks, layout).model());
    const actSession = await InferenceSession.load(act, { ...options, threads: 1 });
    return new Collector(parts, actSession, await InferenceSession.load(value, options));
  }

  /**
   * Fills the rollout with one iteration of experience.
   *
   * @param deviation standard deviation of the actions [actionSize]
   */
  async collect(deviation: Float32Array): Promise<EpisodeSummary> {
    const { rollout } = this.#parts;
    this.#cutOff.clear();
    this.#now ??= await this.#begin();
    rollout.h.set(this.#actor.arrays.hIn);
    rollout.c.set(this.#actor.arrays.cIn);
    for (let t = 0; t < rollout.length; t++) await this.#step(t, this.#now, deviation);
    const { critic } = this.#parts.networks.observationSizes;
    rollout.criticObs.set(this.#now.criticObs, rollout.length * rollout.numEnvs * critic);
    return this.#log.take();
  }

  /** Computes values, returns and standardised advantages of the rollout. */
  async judge({ gamma, lambda, criticLambda = lambda, advantageLimit }: PpoConfig): Promise<void> {
    const { rollout } = this.#parts;
    const { values, rewards, returns, advantages } = rollout;
    await this.#judge.run();
    await this.#bootstrap(gamma);
    gae(rewards, values, rollout.ends, { gamma, lambda: criticLambda }, returns);
    for (let i = 0; i < returns.length; i++) returns[i] += values[i];
    gae(rewards, values, rollout.ends, { gamma, lambda }, advantages);
    if (advantageLimit > 0) limitOutliers(advantages, advantageLimit);
    standardise(advantages);
  }

  /**
   * Lets an actor with other weights act, all episodes started anew. The one of `parameters` sees what that sees, and its
   * memory is what the rollout holds. Undefined: it acts itself again.
   */
  follow(lead: Float32Array | undefined): void {
    this.#lead = lead && new BoundActor(this.#parts, this.#actSession, lead);
    this.restart();
  }

  /** Starts all episodes anew at the next rollout. */
  restart(): void {
    this.#now = undefined;
  }

  [Symbol.dispose](): void {
    this.#actSession[Symbol.dispose]();
    this.#valueSession[Symbol.dispose]();
  }

  async #begin(): Promise<VecObservations> {
    this.#log.restart();
    this.#actor.arrays.forgetAll();
    this.#lead?.arrays.forgetAll();
    return await this.#parts.env.reset();
  }

  async #step(t: number, seen: VecObservations, deviation: Float32Array): Promise<void> {
    const { rollout, env } = this.#parts;
    const { numEnvs } = rollout;
    rollout.obs.set(seen.obs, t * seen.obs.length);
    rollout.criticObs.set(seen.criticObs, t * seen.criticObs.length);
    const own = await this.#actor.act(seen.obs);
    const mean = this.#lead === undefined ? own : await this.#lead.act(seen.obs);
    rollout.mean.set(mean, t * mean.length);
    const actions = rollout.actions.subarray(t * mean.length, (t + 1) * mean.length);
    const logProb = rollout.logProb.subarray(t * numEnvs, (t + 1) * numEnvs);
    sampleActions(mean, deviation, this.rng, actions, logProb);
    const step = await env.step(actions);
    this.#now = step;
    this.#log.add(step);
    this.#store(t, step);
  }

  #store(t: number, { reward, terminated, timedOut, terminalCriticObs }: VecStep): void {
    const { rollout } = this.#parts;
    const { numEnvs } = rollout;
    this.#actor.arrays.remember();
    this.#lead?.arrays.remember();
    rollout.rewards.set(reward, t * numEnvs);
    if (t === 0) rollout.keep.fill(1, 0, numEnvs);
    for (let i = 0; i < numEnvs; i++) {
      const at = t * numEnvs + i;
      const hasEnded = terminated[i] || timedOut[i] ? 1 : 0;
      rollout.ends[at] = hasEnded;
      if (t + 1 < rollout.length) rollout.keep[at + numEnvs] = 1 - hasEnded;
      if (hasEnded) this.#actor.arrays.forget(i);
      if (hasEnded) this.#lead?.arrays.forget(i);
      if (timedOut[i] && !terminated[i]) this.#cutOff.add(at, terminalCriticObs, i, numEnvs);
    }
  }

  /** Adds to the last reward of an episode that was cut off what would have come: γ V(s') of the state it led to. */
  async #bootstrap(gamma: number): Promise<void> {
    const { rollout, networks } = this.#parts;
    const { steps, obs } = this.#cutOff;
    if (steps.length === 0) return;
    const criticObs = rowsOf(Float32Array.from(obs), networks.observationSizes.critic);
    const { values } = await this.#valueSession.run({ ...this.#critic, criticObs });
    steps.forEach((at, i) => {
      rollout.rewards[at] += gamma * Number(values.data[i]);
    });
  }
}

/** An actor with its weights and its memory of all environments. */
class BoundActor {
  readonly arrays: ActArrays;
  readonly #run: BoundRun;

  /** @param parameters read at each evaluation */
  constructor(
    { networks, layout, normalisers, env }: CollectorParts,
    session: InferenceSession,
    parameters: Float32Array,
  ) {
    this.arrays = new ActArrays(networks, env.numEnvs);
    const weights = float32Tensor("", [layout.size], parameters);
    const scale = scaleFeeds(networks, "obs", normalisers.obs);
    this.#run = session.bind({ parameters: weights, ...scale, ...this.arrays.inputs }, this.arrays.outputs);
  }

  /** Mean actions [numEnvs, actionSize]: a view until the next. */
  async act(obs: Float32Array): Promise<Float32Array> {
    this.arrays.obs.set(obs);
    await this.#run.run();
    return this.arrays.mean;
  }
}

/** The fixed arrays between which the actor is evaluated. */
class ActArrays {
  readonly inputs: Readonly<Record<string, TensorValue>>;
  readonly outputs: Readonly<Record<string, TensorValue>>;
  readonly obs: Float32Array;
  readonly mean: Float32Array;
  /** The memory before and after a step [memoryRows, recurrentSize]; empty without an LSTM. */
  readonly hIn: Float32Array;
  readonly cIn: Float32Array;
  readonly #hOut: Float32Array;
  readonly #cOut: Float32Array;
  readonly #size: number;
  readonly #numEnvs: number;

  constructor(networks: ActorCritic, numEnvs: number) {
    const { observationSizes, actionSize, actor } = networks;
    const rows = memoryRows(networks, numEnvs);
    const memory = (): Float32Array => new Float32Array(rows * actor.recurrentSize);
    this.#numEnvs = numEnvs;
    this.#size = actor.recurrentSize;
    this.obs = new Float32Array(numEnvs * observationSizes.actor);
    this.mean = new Float32Array(numEnvs * actionSize);
    [this.hIn, this.cIn, this.#hOut, this.#cOut] = [memory(), memory(), memory(), memory()];
    const obs = rowsOf(this.obs, observationSizes.actor);
    const actions = rowsOf(this.mean, actionSize);
    const layered = (data: Float32Array): TensorValue => float32Tensor("", [1, rows, this.#size], data);
    const hasMemory = rows > 0;
    this.inputs = { obs, ...(hasMemory && { h_in: layered(this.hIn), c_in: layered(this.cIn) }) };
    this.outputs = { actions, ...(hasMemory && { h_out: layered(this.#hOut), c_out: layered(this.#cOut) }) };
  }

  /** Makes the memory after the step the one before the next. */
  remember(): void {
    this.hIn.set(this.#hOut);
    this.cIn.set(this.#cOut);
  }

  /** Wipes the memory of one environment, and of its mirror image. */
  forget(env: number): void {
    for (let row = env; row * this.#size < this.hIn.length; row += this.#numEnvs) {
      this.hIn.fill(0, row * this.#size, (row + 1) * this.#size);
      this.cIn.fill(0, row * this.#size, (row + 1) * this.#size);
    }
  }

  forgetAll(): void {
    this.hIn.fill(0);
    this.cIn.fill(0);
  }
}

/** Episodes that time cut off during a rollout, and what the critic saw last in them. */
class CutOffEpisodes {
  /** Where in the rollout each ended. */
  readonly steps: number[] = [];
  readonly obs: number[] = [];

  clear(): void {
    this.steps.length = 0;
    this.obs.length = 0;
  }

  add(at: number, criticObs: Float32Array, env: number, numEnvs: number): void {
    const size = criticObs.length / numEnvs;
    this.steps.push(at);
    for (let i = env * size; i < (env + 1) * size; i++) this.obs.push(criticObs[i]);
  }
}

/** The normalisation of observations as inputs for a graph; none if the networks take them as they are. */
export function scaleFeeds(
  networks: ActorCritic,
  name: string,
  { size, mean, scale }: Normaliser,
): Readonly<Record<string, TensorValue>> {
  if (!networks.normalisesObservations) return {};
  return {
    [`${name}.mean`]: float32Tensor("", [size], mean),
    [`${name}.scale`]: float32Tensor("", [size], scale),
  };
}

/** An array as a matrix with rows of `size`. */
function rowsOf(data: Float32Array, size: number): TensorValue {
  return float32Tensor("", [data.length / size, size], data);
}
