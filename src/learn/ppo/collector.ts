import type { Part, Rng } from "../../common/index.ts";
import { encodeModel, float32Tensor } from "../onnx/index.ts";
import { type BoundRun, InferenceSession, type SessionOptions, type TensorValue } from "../runtime.ts";
import { type ActingParts, type ActSessions, BoundActor, loadActSessions } from "./bound-actor.ts";
import type { PpoConfig } from "./config.ts";
import { EpisodeLog, type EpisodeSummary } from "./episode-log.ts";
import { gae, limitOutliers, standardise } from "./gae.ts";
import { sampleActions } from "./gaussian.ts";
import { scaleFeeds, valueGraph } from "./policy-graph.ts";
import type { Rollout } from "./rollout.ts";
import { rowsIn, rowsOf } from "./rows.ts";
import type { VecEnvironment, VecObservations, VecStep } from "./vec-environment.ts";

/** What a collector works on. */
export interface CollectorParts extends ActingParts {
  readonly env: VecEnvironment;
  readonly rollout: Rollout;
  readonly rng: Rng;
}

/**
 * Fills rollouts: acts in the environment with the current policy, and judges what happened. While one part of the environments
 * steps it acts for the next, always in the same order, so that nothing depends on which is faster.
 */
export class Collector implements Disposable {
  /** The parameters it acts with: written by the learner before each rollout. */
  readonly parameters: Float32Array;
  readonly rng: Rng;
  readonly #parts: CollectorParts;
  readonly #actSessions: ActSessions;
  readonly #valueSession: InferenceSession;
  readonly #actor: BoundActor;
  readonly #judge: BoundRun;
  readonly #critic: Readonly<Record<string, TensorValue>>;
  readonly #log: EpisodeLog;
  readonly #cutOff = new CutOffEpisodes();
  /** Who acts instead of the actor, which only remembers along; undefined where it acts itself. */
  #lead: BoundActor | undefined;
  #now: VecObservations | undefined;

  private constructor(parts: CollectorParts, act: ActSessions, value: InferenceSession) {
    const { rollout, env, layout, normalisers, networks } = parts;
    this.rng = parts.rng;
    this.parameters = new Float32Array(layout.size);
    this.#parts = parts;
    this.#actSessions = act;
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

  static async create(parts: CollectorParts, options: SessionOptions): Promise<Collector> {
    const value = encodeModel(valueGraph(parts.networks, parts.layout).model());
    const actSessions = await loadActSessions(parts, options);
    return new Collector(parts, actSessions, await InferenceSession.load(value, options));
  }

  /**
   * Fills the rollout with one iteration of experience.
   *
   * @param deviation standard deviation of the actions [actionSize]
   */
  async collect(deviation: Float32Array): Promise<EpisodeSummary> {
    const { rollout, networks, env } = this.#parts;
    this.#cutOff.clear();
    let now = this.#now ?? (await this.#begin());
    this.#actor.copyMemory(rollout);
    for (let t = 0; t < rollout.length; t++) {
      for (const part of env.parts) {
        if (t > 0) now = await this.#receive(t - 1, part);
        await this.#send(t, part, now, deviation);
      }
    }
    for (const part of env.parts) now = await this.#receive(rollout.length - 1, part);
    this.#now = now;
    rollout.criticObs.set(now.criticObs, rollout.length * rollout.numEnvs * networks.observationSizes.critic);
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
    this.#lead = lead && new BoundActor(this.#parts, this.#actSessions, lead);
    this.restart();
  }

  /** Starts all episodes anew at the next rollout. */
  restart(): void {
    this.#now = undefined;
  }

  [Symbol.dispose](): void {
    for (const session of this.#actSessions.values()) session[Symbol.dispose]();
    this.#valueSession[Symbol.dispose]();
  }

  async #begin(): Promise<VecObservations> {
    this.#log.restart();
    this.#actor.forgetAll();
    this.#lead?.forgetAll();
    return await this.#parts.env.reset();
  }

  async #send(t: number, part: Part, seen: VecObservations, deviation: Float32Array): Promise<void> {
    const { rollout, env, networks } = this.#parts;
    const { actor, critic } = networks.observationSizes;
    const rows = { first: t * rollout.numEnvs + part.first, count: part.count };
    const obs = rowsIn(seen.obs, part, actor);
    rollout.obs.set(obs, rows.first * actor);
    rollout.criticObs.set(rowsIn(seen.criticObs, part, critic), rows.first * critic);
    const own = await this.#actor.act(part, obs);
    const mean = this.#lead === undefined ? own : await this.#lead.act(part, obs);
    const size = networks.actionSize;
    rollout.mean.set(mean, rows.first * size);
    const [actions, logProb] = [rowsIn(rollout.actions, rows, size), rowsIn(rollout.logProb, rows, 1)];
    sampleActions(mean, deviation, this.rng, actions, logProb);
    await env.send(
      part,
      rowsIn(rollout.actions, { first: t * rollout.numEnvs, count: rollout.numEnvs }, size),
    );
  }

  async #receive(t: number, part: Part): Promise<VecStep> {
    const step = await this.#parts.env.receive(part);
    this.#log.add(part, step);
    this.#store(t, part, step);
    return step;
  }

  #store(t: number, part: Part, { reward, terminated, timedOut, terminalCriticObs }: VecStep): void {
    const { rollout } = this.#parts;
    const { numEnvs } = rollout;
    this.#actor.remember(part);
    this.#lead?.remember(part);
    for (let i = part.first; i < part.first + part.count; i++) {
      const at = t * numEnvs + i;
      const hasEnded = terminated[i] || timedOut[i] ? 1 : 0;
      rollout.rewards[at] = reward[i];
      rollout.ends[at] = hasEnded;
      if (t === 0) rollout.keep[at] = 1;
      if (t + 1 < rollout.length) rollout.keep[at + numEnvs] = 1 - hasEnded;
      if (hasEnded) this.#actor.forget(part, i);
      if (hasEnded) this.#lead?.forget(part, i);
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
