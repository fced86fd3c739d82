import {
  type EpisodeSummary,
  type LearningSummary,
  Ppo,
  type RoundsWatch,
  type TensorFile,
} from "../../learn/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import { VecEnv, type VecEnvSetup } from "../../sim/node.ts";
import { type PolicyFile, writePolicyFile } from "../file/policy-file.ts";
import type { PolicySpec, Provenance } from "../spec.ts";
import { amountsOf, trimAxes } from "../trim/axes.ts";
import { beginningOf, requireSwingPose } from "./beginning.ts";
import { lowerCurriculum } from "./lower-curriculum.ts";
import type { OpponentPool } from "./opponent-pool.ts";
import {
  COPYING_PASSES,
  type Lack,
  type Preparation,
  preparationFor,
  READY,
  WARM_UP_ROUNDS,
} from "./preparation.ts";
import { restingJoints } from "./resting-joints.ts";
import type { StageConfig } from "./stage-config.ts";
import { beginCurriculum, type StageCurriculum, type StageProgress } from "./stage-curriculum.ts";
import { batchOf, loadOpponents, mirrorMaps, type StageSetup } from "./stage-setup.ts";
import { type StageState, stageStateOf, withStageState } from "./stage-state.ts";
import { hasPlateaued, type StopRule } from "./stopping.ts";
import { specOfTask } from "./task-spec.ts";
import { upperCurriculum } from "./upper-curriculum.ts";
import { VecLearnerEnvironment } from "./vec-learner-environment.ts";

/** What one iteration did, as it is logged. */
export interface IterationReport extends EpisodeSummary, LearningSummary {
  readonly iteration: number;
  /** Environment steps so far. */
  readonly steps: number;
  readonly collectSeconds: number;
  readonly learnSeconds: number;
  readonly curriculum: StageProgress;
  /** Mean of each reward term over the steps of episodes that ended, per second. */
  readonly rewardTerms: Readonly<Record<string, number>>;
  /** Mean level of the ground; absent on level ground. */
  readonly terrainLevel?: number;
}

/** How to look into a trainer from another thread: see `PeekBlock`. */
export interface TrainingWindow {
  readonly setup: VecEnvSetup;
  readonly peek: SharedArrayBuffer;
}

/** Returns of as many past iterations are kept to judge whether they still grow. */
const KEPT_RETURNS = 2000;

/**
 * Trains one half of the body, by one `iterate` after the other. A checkpoint holds all of its state but the episodes
 * under way: a trainer that goes on from it begins new ones, drawn from the seed and the iteration, so the same
 * checkpoint always goes on in the same way.
 */
export class StageTrainer implements AsyncDisposable {
  readonly config: StageConfig;
  readonly robot: RobotSpec;
  readonly curriculum: StageCurriculum;
  readonly #env: VecEnv;
  readonly #learnerEnv: VecLearnerEnvironment;
  readonly #ppo: Ppo;
  readonly #opponents: OpponentPool | undefined;
  readonly #now: () => number;
  #returns: readonly number[] = [];
  #lack: Lack = { ...READY, isBeginner: true };

  private constructor(
    { config, world, now }: StageSetup,
    env: VecEnv,
    learnerEnv: VecLearnerEnvironment,
    ppo: Ppo,
    opponents: OpponentPool | undefined,
  ) {
    this.config = config;
    this.robot = world.robot;
    this.#env = env;
    this.#learnerEnv = learnerEnv;
    this.#ppo = ppo;
    this.#opponents = opponents;
    this.#now = now;
    this.curriculum =
      config.half === "upper"
        ? beginCurriculum(upperCurriculum(config.curriculum))
        : beginCurriculum(lowerCurriculum(config.curriculum));
  }

  /** Builds environments and networks. Throws what building them throws, and `CheckpointError`. */
  static async create(setup: StageSetup): Promise<StageTrainer> {
    const { config, world, checkpoint, workers } = setup;
    const iteration = checkpoint === undefined ? 0 : stageStateOf(checkpoint).iteration;
    const env = await VecEnv.create(batchOf(setup, iteration), workers);
    try {
      const opponents = await loadOpponents(setup, env.parts);
      const learnerEnv = new VecLearnerEnvironment(env, opponents);
      const mirror = config.ppo.symmetry === "none" ? {} : { mirror: mirrorMaps(world.robot, config.task) };
      const session = { threads: 2, ...setup.session };
      const { base } = beginningOf(config, world.robot);
      const ppo = await Ppo.create(learnerEnv, config.ppo, {
        ...session,
        seed: config.seed,
        ...mirror,
        leastDeviations: restingJoints(world.robot, config.task),
        base,
      });
      const trainer = new StageTrainer(setup, env, learnerEnv, ppo, opponents);
      if (checkpoint !== undefined) trainer.#restore(checkpoint);
      return trainer;
    } catch (error) {
      await env[Symbol.asyncDispose](); // its threads would keep the process alive
      throw error;
    }
  }

  /** The batch that it trains on, and the memory through which one of its environments can be looked into. */
  get window(): TrainingWindow {
    return { setup: this.#env.setup, peek: this.#env.peek.buffer };
  }

  get iteration(): number {
    return this.#ppo.iteration;
  }

  /** Why it learns on another execution provider than asked for; undefined where it learns as asked. */
  get notice(): string | undefined {
    return this.#ppo.notice;
  }

  /** What is to be done before it learns by reward; undefined where it may learn at once. */
  get preparation(): Preparation | undefined {
    return preparationFor(this.#lack, beginningOf(this.config, this.robot));
  }

  /** Environment steps so far. */
  get steps(): number {
    return this.iteration * this.stepsEach;
  }

  /** Environment steps of one iteration. */
  get stepsEach(): number {
    return this.config.ppo.rolloutLength * this.config.numEnvs;
  }

  /**
   * Does what is to be done before it learns by reward, as `iterate` would; a checkpoint of that does not know how far it is.
   *
   * @returns false where the watch ended it early: it is still to be done, from its beginning
   */
  async prepare(watch: RoundsWatch = {}): Promise<boolean> {
    const { isBeginner, hasFreshCritic } = this.#lack;
    this.#demand();
    if (isBeginner) await this.#copyExample(watch);
    else if (hasFreshCritic) await this.#ppo.warmUp(WARM_UP_ROUNDS, watch);
    else return true;
    if (watch.signal?.aborted) return false;
    this.#learnerEnv.watch.take();
    this.#lack = READY;
    return true;
  }

  /** Collects experience, learns from it, and turns the curriculum. Rejects where something diverges; then dispose it. */
  async iterate(): Promise<IterationReport> {
    const { curriculum } = this;
    await this.prepare();
    this.#demand();
    const started = this.#now();
    const collected = await this.#ppo.collect();
    const between = this.#now();
    const learned = await this.#ppo.learn();
    const { rewardTerms, ...ended } = this.#learnerEnv.watch.take();
    curriculum.advance(ended);
    this.#returns = [...this.#returns, collected.meanReturn].slice(-KEPT_RETURNS);
    return {
      ...collected,
      ...learned,
      iteration: this.iteration,
      steps: this.steps,
      collectSeconds: (between - started) / 1000,
      learnSeconds: (this.#now() - between) / 1000,
      curriculum: curriculum.state,
      rewardTerms,
      ...(this.config.terrain === undefined ? {} : { terrainLevel: mean(this.#env.arrays.terrainRow) }),
    };
  }

  /** Whether the stage has learnt what it can, by a rule. */
  hasConverged(rule: StopRule): boolean {
    return (
      this.iteration >= rule.minIterations &&
      this.curriculum.isHardest(rule.amplitude) &&
      hasPlateaued(rule, this.#returns)
    );
  }

  /** The actor as a policy file that describes itself. */
  policyFile(name: string, provenance: Provenance): Uint8Array {
    const spec = this.#spec(name, provenance);
    return writePolicyFile(this.#ppo.policyFile(), { ...spec, actionDeviation: [...this.#ppo.deviations] });
  }

  /** All of the trainer's state but the episodes under way, copied. */
  checkpoint(): TensorFile {
    return withStageState(this.#ppo.checkpoint(), {
      iteration: this.iteration,
      returns: this.#returns,
      opponentNoise: this.#opponents?.noise,
      lack: this.#lack,
      terrainRow: this.#env.arrays.terrainRow,
      curriculum: this.curriculum.state,
    });
  }

  /**
   * Begins with the networks of another run of the same half, and where its curriculum stood: if the new opponents
   * are harder, that falls back by itself. Throws `CheckpointError`.
   */
  beginFrom(file: TensorFile): void {
    this.#lack = { ...READY, hasFreshCritic: !this.#ppo.restore(file, "networks") };
    this.#restoreCurriculum(file);
  }

  /**
   * Begins with the actor of a policy file; critic and curriculum start fresh. Throws `CheckpointError`, also where the file's network
   * is added to another swing pose than the config says.
   */
  beginFromPolicy(file: PolicyFile): void {
    requireSwingPose(this.config, file);
    this.#lack = { ...READY, hasFreshCritic: true };
    this.#ppo.adopt(file.model, file.spec.actionDeviation);
  }

  /** @param deviation standard deviation of every action from now on; the curriculum's floor still holds */
  explore(deviation: number): void {
    this.#ppo.explore(deviation);
  }

  /**
   * Makes the actor respond more, or less, to what it observes: legs that are careful stop short of their velocity command, and learn
   * to dare more only slowly. Throws `UnknownNameError` for what it does not observe, and `UsageError` for what is no gain.
   *
   * @param gains factors by the axes of `trimAxes`
   */
  respond(gains: Readonly<Record<string, number>>): void {
    const axes = trimAxes(this.#spec("")).filter((axis) => axis.kind === "gain");
    amountsOf(axes, gains).forEach((amount, i) => {
      if (amount !== 0) this.#ppo.amplify(axes[i].observations, gains[axes[i].name]);
    });
  }

  #spec(name: string, provenance?: Provenance): PolicySpec {
    const { config, robot } = this;
    const { commands } = this.curriculum.demands(config.task);
    return specOfTask(robot, { ...config.task, commands }, config.ppo, name, provenance);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ppo[Symbol.dispose]();
    this.#opponents?.[Symbol.dispose]();
    await this.#env[Symbol.asyncDispose]();
  }

  /** Asks of the environments and the actor what the curriculum asks for. */
  #demand(): void {
    const { curriculum, config } = this;
    this.#env.curriculum = curriculum.demands(config.task);
    this.#ppo.minDeviation = Math.max(config.ppo.actor.minDeviation, curriculum.deviationFloor());
  }

  async #copyExample(watch: RoundsWatch): Promise<void> {
    const { example, rounds, isAtFullMotion } = beginningOf(this.config, this.robot);
    if (rounds === 0) return;
    if (isAtFullMotion) this.#env.curriculum = { ...this.#env.curriculum, motionAmplitude: 1 };
    await this.#ppo.imitate(example, rounds, COPYING_PASSES, watch);
  }

  #restore(file: TensorFile): void {
    this.#ppo.restore(file);
    const { returns, opponentNoise, lack, terrainRow } = this.#restoreCurriculum(file);
    this.#lack = lack;
    this.#returns = returns;
    if (opponentNoise !== undefined && this.#opponents !== undefined) this.#opponents.noise = opponentNoise;
    if (terrainRow?.length === this.config.numEnvs) this.#env.arrays.terrainRow.set(terrainRow);
  }

  #restoreCurriculum(file: TensorFile): StageState {
    const state = stageStateOf(file);
    if (state.curriculum !== undefined) this.curriculum.restore(state.curriculum);
    return state;
  }
}

function mean(values: Int32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
