import { Rng } from "../../common/index.ts";
import { Engine, type Model, type ModelSource } from "../engine/index.ts";
import { type Curriculum, Environment } from "../env.ts";
import { compilePlantModel } from "../plant/plant.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { TaskConfig } from "../tasks/task-config.ts";
import type { LayoutSizes, SharedArrays } from "./shared-layout.ts";

/** Everything that decides what a vectorised environment does, as data that can cross to a worker. */
export interface VecEnvSetup {
  readonly robot: RobotSpec;
  readonly models: { readonly robot: ModelSource; readonly scene: ModelSource };
  readonly task: TaskConfig;
  readonly numEnvs: number;
  readonly seed: number;
}

/**
 * A run of consecutive environments in one engine, stepped one after the other. Each has its own random source,
 * decided by the seed and its index alone, so how environments are dealt out to workers changes nothing.
 */
export class EnvSlice implements Disposable {
  readonly envs: readonly Environment[];
  readonly #model: Model;
  readonly #first: number;
  #rewardSums: Float64Array[] = [];

  private constructor(model: Model, envs: readonly Environment[], first: number) {
    this.#model = model;
    this.envs = envs;
    this.#first = first;
    this.#rewardSums = envs.map((env) => new Float64Array(env.rewardNames.length));
  }

  static async create(setup: VecEnvSetup, first: number, count: number, engine?: Engine): Promise<EnvSlice> {
    const { robot, task } = setup;
    const owner = engine ?? (await Engine.load());
    const model = compilePlantModel(owner, robot, setup.models, task.plant);
    const simulations = owner.simulateMany(model, count);
    const seeds = new Rng(setup.seed);
    const envs = simulations.map(
      (simulation, i) => new Environment(simulation, robot, task, seeds.fork(first + i)),
    );
    return new EnvSlice(model, envs, first);
  }

  /** The sizes that the shared memory needs, from one environment. */
  get sizes(): Omit<LayoutSizes, "numEnvs"> {
    const [env] = this.envs;
    return {
      actionSize: env.actionSize,
      observations: [...env.observations].map(([name, { length }]) => ({ name, size: length })),
      rewardTerms: env.rewardNames.length,
    };
  }

  /** Starts every environment anew. */
  reset(arrays: SharedArrays): void {
    for (const [i, env] of this.envs.entries()) {
      env.reset();
      this.#rewardSums[i].fill(0);
      this.#publish(env, this.#first + i, arrays.observations);
    }
  }

  /** Steps every environment, and starts those anew that have ended. */
  step(arrays: SharedArrays, curriculum: Curriculum): void {
    for (let i = 0; i < this.envs.length; i++) this.#stepOne(i, arrays, curriculum);
  }

  #stepOne(i: number, arrays: SharedArrays, curriculum: Curriculum): void {
    const env = this.envs[i];
    const row = this.#first + i;
    env.step(arrays.actions, row * env.actionSize);
    const sums = this.#rewardSums[i];
    for (let k = 0; k < sums.length; k++) sums[k] += env.rewardTerms[k];
    arrays.reward[row] = env.reward;
    arrays.terminated[row] = Number(env.terminated);
    arrays.timedOut[row] = Number(env.timedOut);
    arrays.episodeLength[row] = 0;
    if (env.terminated || env.timedOut) {
      arrays.episodeLength[row] = env.plant.truth.step;
      arrays.episodeRewards.set(sums, row * sums.length);
      this.#publish(env, row, arrays.finalObservations);
      sums.fill(0);
      env.curriculum = curriculum;
      env.reset();
    }
    this.#publish(env, row, arrays.observations);
  }

  #publish(env: Environment, row: number, into: ReadonlyMap<string, Float32Array>): void {
    for (const [name, out] of env.observations) into.get(name)?.set(out, row * out.length);
  }

  [Symbol.dispose](): void {
    for (const env of this.envs) env[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }
}
