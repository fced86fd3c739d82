import { type Part, Rng } from "../../common/index.ts";
import type { Curriculum } from "../curriculum.ts";
import { Engine, type Model, type ModelSource } from "../engine/index.ts";
import { Environment } from "../env.ts";
import { MotionReference, type MotionReferenceOptions } from "../motions/motion-reference.ts";
import { libraryOf, type MotionTexts } from "../motions/motion-texts.ts";
import { compilePlantModel } from "../plant/plant.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { TaskConfig } from "../tasks/task-config.ts";
import { TerrainClimb, type TrainingTerrain, trainingTerrain } from "../terrain/training-terrain.ts";
import { ALL } from "./control-block.ts";
import { EnvironmentFailure } from "./environment-failure.ts";
import type { PeekBlock } from "./peek-block.ts";
import type { SharedArrays } from "./shared-layout.ts";

/** Everything that decides what a vectorised environment does, as data that can cross to a worker. */
export interface VecEnvSetup {
  readonly robot: RobotSpec;
  readonly models: { readonly robot: ModelSource; readonly scene: ModelSource };
  readonly task: TaskConfig;
  readonly numEnvs: number;
  readonly seed: number;
  /** Motions that the upper body is asked for; without them it is asked for the default pose. */
  readonly motions?: MotionTexts & Omit<MotionReferenceOptions, "names" | "repeats">;
  /** Rough ground in place of the scene. */
  readonly terrain?: TrainingTerrain | undefined;
}

/**
 * Some of a batch's environments in one engine, a share of each part, stepped one after the other. Each has its own random source,
 * decided by the seed and its index alone, so how environments are dealt out to workers changes nothing.
 */
export class EnvSlice implements Disposable {
  readonly envs: readonly Environment[];
  readonly #model: Model;
  /** Which environments of the batch they are. */
  readonly #rows: readonly number[];
  /** Which of its own each part is. */
  readonly #shares: readonly Part[];
  readonly #rewardSums: readonly Float64Array[];
  /** One for each environment; none on level ground. */
  readonly #climbs: readonly TerrainClimb[];
  /** Through which one environment can be looked into; set by whoever owns the slice. */
  peek: PeekBlock | undefined;

  private constructor(
    model: Model,
    envs: readonly Environment[],
    shares: readonly Part[],
    climbs: readonly TerrainClimb[],
  ) {
    this.#model = model;
    this.envs = envs;
    this.#rows = rowsOf(shares);
    let first = 0;
    this.#shares = shares.map(({ count }) => {
      const own = { first, count };
      first += count;
      return own;
    });
    this.#climbs = climbs;
    this.#rewardSums = envs.map((env) => new Float64Array(env.rewardNames.length));
  }

  /** @param shares rows of the batch, one run for each part */
  static async create(setup: VecEnvSetup, shares: readonly Part[]): Promise<EnvSlice> {
    const { robot, task } = setup;
    const engine = await Engine.load();
    const terrain = setup.terrain === undefined ? undefined : trainingTerrain(setup.terrain);
    const models = { ...setup.models, ...(terrain === undefined ? {} : { scene: terrain.model() }) };
    const model = compilePlantModel(engine, robot, models, task.plant);
    const rows = rowsOf(shares);
    const simulations = engine.simulateMany(model, rows.length);
    const seeds = new Rng(setup.seed);
    const library = setup.motions === undefined ? undefined : libraryOf(setup.motions);
    const climbs: TerrainClimb[] = [];
    const envs = simulations.map((simulation, i) => {
      const rng = seeds.fork(rows[i]);
      if (terrain !== undefined) climbs.push(new TerrainClimb(terrain, rng.fork("terrain")));
      return new Environment(simulation, robot, task, rng, {
        ...(library === undefined ? {} : { reference: new MotionReference(robot, library, setup.motions) }),
        ...(terrain === undefined ? {} : { terrain: climbs[i].start }),
      });
    });
    return new EnvSlice(model, envs, shares, climbs);
  }

  /** Writes the observations of every environment as they are. */
  publish(arrays: SharedArrays): void {
    for (const [i, env] of this.envs.entries()) publish(env, this.#rows[i], arrays.observations);
  }

  /** Starts every environment anew under this curriculum. */
  reset(arrays: SharedArrays, curriculum: Curriculum): void {
    for (const [i, env] of this.envs.entries()) {
      env.curriculum = curriculum;
      this.#climbs[i]?.moveTo(arrays.terrainRow[this.#rows[i]]);
      if (env.config.reset.isStaggered) env.resetPartWay();
      else env.reset();
      this.#rewardSums[i].fill(0);
    }
    this.publish(arrays);
  }

  /**
   * Steps its share of a part, or every environment, and starts those anew that have ended, under the curriculum of that moment.
   *
   * @throws EnvironmentFailure where one breaks; the others' state is then undefined
   */
  step(arrays: SharedArrays, curriculum: () => Curriculum, part = ALL): void {
    const { first, count } = part === ALL ? { first: 0, count: this.envs.length } : this.#shares[part];
    for (let i = first; i < first + count; i++) {
      try {
        this.#stepOne(i, arrays, curriculum);
      } catch (cause) {
        throw new EnvironmentFailure(this.#rows[i], cause);
      }
    }
  }

  #stepOne(i: number, arrays: SharedArrays, curriculum: () => Curriculum): void {
    const env = this.envs[i];
    const row = this.#rows[i];
    env.step(arrays.actions, row * env.actionSize);
    const sums = this.#rewardSums[i];
    for (let k = 0; k < sums.length; k++) sums[k] += env.rewardTerms[k];
    arrays.reward[row] = env.reward;
    arrays.terminated[row] = Number(env.terminated);
    arrays.timedOut[row] = Number(env.timedOut);
    arrays.episodeLength[row] = 0;
    this.peek?.show(row, env);
    if (env.terminated || env.timedOut) {
      arrays.episodeLength[row] = env.plant.truth.step;
      arrays.episodeRewards.set(sums, row * sums.length);
      publish(env, row, arrays.finalObservations);
      sums.fill(0);
      env.curriculum = curriculum();
      this.#climb(i, arrays.terrainRow);
      env.reset();
    }
    publish(env, row, arrays.observations);
  }

  #climb(i: number, rows: Int32Array): void {
    if (this.#climbs.length === 0) return;
    const climb = this.#climbs[i];
    const row = climb.nextRow(this.envs[i]);
    rows[this.#rows[i]] = row;
    climb.moveTo(row);
  }

  [Symbol.dispose](): void {
    for (const env of this.envs) env[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }
}

function rowsOf(shares: readonly Part[]): number[] {
  return shares.flatMap(({ first, count }) => Array.from({ length: count }, (_, k) => first + k));
}

function publish(env: Environment, row: number, into: ReadonlyMap<string, Float32Array>): void {
  for (const [name, out] of env.observations) into.get(name)?.set(out, row * out.length);
}
