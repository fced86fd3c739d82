import { z } from "zod";
import {
  type EpisodeSummary,
  type LearningSummary,
  type MirrorMaps,
  Ppo,
  PpoConfig,
  type TensorFile,
} from "../../learn/index.ts";
import {
  jointMirror,
  type MotionTexts,
  observationMirror,
  type RobotSpec,
  TaskConfig,
  type World,
} from "../../sim/index.ts";
import { VecEnv } from "../../sim/node.ts";
import { writePolicyFile } from "../file/policy-file.ts";
import type { Provenance } from "../spec.ts";
import {
  advanceCurriculum,
  curriculumFor,
  deviationFloor,
  LowerCurriculumConfig,
  type LowerCurriculumState,
  startCurriculum,
} from "./lower-curriculum.ts";
import { specOfTask } from "./task-spec.ts";
import { VecLearnerEnvironment } from "./vec-learner-environment.ts";

/** Everything that decides a training run of the lower body; stored beside its checkpoints. */
export const LowerTrainConfig = z.strictObject({
  robot: z.string(),
  seed: z.int().nonnegative(),
  numEnvs: z.int().positive().default(1024),
  ppo: PpoConfig,
  curriculum: LowerCurriculumConfig.prefault({}),
  motionWidth: z
    .number()
    .positive()
    .default(0.05)
    .describe("share of the motions around the difficulty that are drawn"),
  task: TaskConfig,
});
export type LowerTrainConfig = z.infer<typeof LowerTrainConfig>;

/** What one iteration did, flat, as it is logged. */
export interface IterationReport extends EpisodeSummary, LearningSummary {
  readonly iteration: number;
  /** Environment steps so far. */
  readonly steps: number;
  readonly collectSeconds: number;
  readonly learnSeconds: number;
  readonly curriculum: LowerCurriculumState;
  /** Mean of each reward term over the steps of episodes that ended, per second. */
  readonly rewardTerms: Readonly<Record<string, number>>;
}

/** Trains a lower body: one `iterate` after the other, with checkpoints that go on exactly but for the episodes under way. */
export class LowerTrainer implements AsyncDisposable {
  readonly config: LowerTrainConfig;
  readonly robot: RobotSpec;
  curriculum: LowerCurriculumState;
  readonly #env: VecEnv;
  readonly #ppo: Ppo;
  readonly #terms: RewardTermMeans;

  private constructor(
    config: LowerTrainConfig,
    robot: RobotSpec,
    env: VecEnv,
    ppo: Ppo,
    terms: RewardTermMeans,
  ) {
    this.config = config;
    this.robot = robot;
    this.#env = env;
    this.#ppo = ppo;
    this.#terms = terms;
    this.curriculum = startCurriculum(config.curriculum);
  }

  static async create(
    config: LowerTrainConfig,
    world: World,
    motions: MotionTexts,
    workers: number,
  ): Promise<LowerTrainer> {
    const { robot, robotModel, scene } = world;
    if ("kind" in scene)
      throw new RangeError("Training on generated ground needs a world of its own per environment.");
    const setup = {
      robot,
      models: { robot: robotModel, scene },
      task: config.task,
      numEnvs: config.numEnvs,
      seed: config.seed,
      motions: { ...motions, draw: "near" as const, width: config.motionWidth },
    };
    const env = await VecEnv.create(setup, workers);
    const terms = new RewardTermMeans(env);
    const learnerEnv = new WatchedEnvironment(env, terms);
    const mirror = config.ppo.symmetry === "none" ? {} : { mirror: mirrorMaps(robot, config.task) };
    const ppo = await Ppo.create(learnerEnv, config.ppo, { seed: config.seed, threads: 2, ...mirror });
    return new LowerTrainer(config, robot, env, ppo, terms);
  }

  get iteration(): number {
    return this.#ppo.iteration;
  }

  /** Collects experience, learns from it, and turns the curriculum. */
  async iterate(): Promise<IterationReport> {
    const { curriculum: config, task, ppo } = this.config;
    this.#env.curriculum = curriculumFor(config, this.curriculum, task);
    this.#ppo.minDeviation = deviationFloor(config, this.curriculum);
    const started = performance.now();
    const collected = await this.#ppo.collect();
    const between = performance.now();
    const learned = await this.#ppo.learn();
    const fullLength = task.episodeSeconds / (task.plant.timestep * task.plant.decimation);
    this.curriculum = advanceCurriculum(
      config,
      this.curriculum,
      collected.episodes,
      collected.meanLength / fullLength,
    );
    return {
      ...collected,
      ...learned,
      iteration: this.iteration,
      steps: this.iteration * ppo.rolloutLength * this.config.numEnvs,
      collectSeconds: (between - started) / 1000,
      learnSeconds: (performance.now() - between) / 1000,
      curriculum: this.curriculum,
      rewardTerms: this.#terms.take(),
    };
  }

  /** The actor as a policy file that describes itself. */
  policyFile(name: string, provenance: Provenance): Uint8Array {
    return writePolicyFile(
      this.#ppo.policyFile(),
      specOfTask(this.robot, this.config.task, this.config.ppo, name, provenance),
    );
  }

  checkpoint(): TensorFile {
    const file = this.#ppo.checkpoint();
    return { ...file, metadata: { ...file.metadata, curriculum: JSON.stringify(this.curriculum) } };
  }

  /** Goes on from a checkpoint, or from its networks alone. */
  restore(file: TensorFile, what: "all" | "networks" = "all"): void {
    this.#ppo.restore(file, what);
    if (what === "all")
      this.curriculum = JSON.parse(file.metadata.curriculum ?? "null") as LowerCurriculumState;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ppo[Symbol.dispose]();
    await this.#env[Symbol.asyncDispose]();
  }
}

/** How everything that the learner handles looks in a mirror. */
function mirrorMaps(robot: RobotSpec, task: TaskConfig): MirrorMaps {
  const all = robot.joints.map((joint) => joint.name);
  const driven = task.actions[0].joints;
  const of = (name: string) => {
    const group = task.observations.find((candidate) => candidate.name === name);
    return observationMirror(robot, group?.terms ?? [], group?.joints ?? all, driven);
  };
  return { obs: of("policy"), criticObs: of("critic"), actions: jointMirror(robot, driven) };
}

/** Means of the reward terms over finished episodes. */
class RewardTermMeans {
  readonly #env: VecEnv;
  readonly #sums: Float64Array;
  #steps = 0;

  constructor(env: VecEnv) {
    this.#env = env;
    this.#sums = new Float64Array(env.rewardNames.length);
  }

  add(): void {
    const { episodeLength, episodeRewards } = this.#env.arrays;
    for (let i = 0; i < episodeLength.length; i++) {
      if (episodeLength[i] === 0) continue;
      this.#steps += episodeLength[i];
      for (let k = 0; k < this.#sums.length; k++) this.#sums[k] += episodeRewards[i * this.#sums.length + k];
    }
  }

  /** Per second, since the last call. */
  take(): Record<string, number> {
    const { timestep, decimation } = this.#env.setup.task.plant;
    const seconds = this.#steps * timestep * decimation;
    const means = Object.fromEntries(this.#env.rewardNames.map((name, k) => [name, this.#sums[k] / seconds]));
    this.#sums.fill(0);
    this.#steps = 0;
    return means;
  }
}

/** Counts reward terms after each step. */
class WatchedEnvironment extends VecLearnerEnvironment {
  readonly #terms: RewardTermMeans;

  constructor(env: VecEnv, terms: RewardTermMeans) {
    super(env);
    this.#terms = terms;
  }

  override async step(actions: Float32Array) {
    const step = await super.step(actions);
    this.#terms.add();
    return step;
  }
}
