import type { z } from "zod";
import { hashBytes, UsageError } from "../../common/index.ts";
import type { PpoConfig } from "../../learn/index.ts";
import type { RobotSpec, TaskConfig, TrainingTerrain } from "../../sim/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import type { SwingPose } from "../swing-pose.ts";
import { almiLowerTask, fineLowerTask, shapedLowerTask } from "./lower-task.ts";
import { TOLD } from "./observations.ts";
import { requireDeviations } from "./opponent-pool.ts";
import { type Half, type OpponentEntry, StageConfig } from "./stage-config.ts";
import { almiUpperTask, shapedUpperTask } from "./upper-task.ts";
import { wholeTask } from "./whole-task.ts";
import { withOpponent } from "./with-opponent.ts";

/**
 * "almi" is the paper's recipe; "shaped" adds help for the legs that fades out, for training in an hour; "fine" is "shaped" without a
 * harness, in episodes of every hardness, for legs that walk already.
 */
export type TrainingPreset = "almi" | "shaped" | "fine";

/** What a new training run decides for itself; all else comes from the preset. */
export interface StageOptions {
  readonly preset: TrainingPreset;
  readonly seed: number;
  readonly numEnvs: number;
  readonly actor: "lstm" | "mlp";
  /** Policy change that each gradient step aims at; undefined: as the preset has it. */
  readonly kl?: number | undefined;
  /** Frozen networks of the other half: none only for the first round of the legs. */
  readonly opponents: readonly PolicyFile[];
  readonly opponentAction: "sample" | "mean";
  readonly terrain?: TrainingTerrain | undefined;
  readonly motionRanking?: readonly string[] | undefined;
  readonly calmMotions?: readonly string[] | undefined;
  /** That of the legs to begin with, where they were trimmed so. */
  readonly swingPose?: SwingPose | undefined;
}

/**
 * The config of a new run of one half.
 *
 * @throws PolicyMismatchError or UsageError for opponents that don't fit or cannot be sampled from, and for calm motions where no
 * episode is calm
 */
export function stageConfig(half: Half, robot: RobotSpec, options: StageOptions): StageConfig {
  const { preset, opponents, motionRanking, calmMotions, swingPose } = options;
  if (options.opponentAction === "sample") requireDeviations(opponents);
  const own = stageOf(half, robot, options);
  if (calmMotions !== undefined) requireCalm(own.task, `The preset "${preset}" for the ${half} half`);
  return StageConfig.parse({
    half,
    robot: robot.name,
    seed: options.seed,
    numEnvs: options.numEnvs,
    ppo: learning(half, options),
    ...own,
    task: opponents.length === 0 ? own.task : withOpponent(own.task, robot, opponents),
    opponents: opponents.map(opponentEntry),
    opponentAction: options.opponentAction,
    ...(options.terrain === undefined ? {} : { terrain: options.terrain }),
    ...(motionRanking === undefined ? {} : { motionRanking: [...motionRanking] }),
    ...(calmMotions === undefined ? {} : { calmMotions: [...calmMotions] }),
    ...(swingPose === undefined ? {} : { swingPose }),
  });
}

/** How the networks of a stage learn, and what they are. */
function learning(half: Half, options: StageOptions): z.input<typeof PpoConfig> {
  const { preset, actor } = options;
  return {
    actor: {
      kind: actor,
      hidden: actor === "lstm" ? [64, 32] : [128, 64],
      initialDeviation: preset === "almi" ? 0.8 : half === "upper" ? 0.2 : 0.5,
    },
    critic: { hidden: [128, 64] },
    symmetry: preset === "almi" ? "augment" : "both",
    // A bonus for noise would drown the turn commands in it, and the accuracy of the arms.
    ...(preset !== "almi"
      ? {
          averaging: 0.98,
          // Falls and pushes make up 60 % of the advantages' variance, and drown what else there is to learn.
          advantageLimit: 3,
          symmetryCoefficient: 20,
          estimates: tells(half, options) ? TOLD : 0,
          normaliseObservations: true,
          clipValue: false,
          // At the actor's rate, which falls to 1e-4, a critic takes what chance did for what the robot is worth.
          criticLearningRate: 2e-3,
          epochs: 4,
          entropyCoefficient: 0,
        }
      : { epochs: 5 }),
    ...(preset === "shaped" && half === "lower" && FEWER_PASSES),
    ...(preset === "fine" && half !== "upper" && EVEN_STEPS),
    ...(options.kl !== undefined && { desiredKl: options.kl }),
  };
}

/**
 * ALMI's odometer takes 160,000 episodes to full arm motions, hours on its GPU and days on two cores. Here it takes 2,700,
 * with its ratio of up to down; the help fades and the commands widen within 3,500. The arms
 * come before the pushes: together they were more than young legs could learn from.
 */
const BRISK = {
  odometer: {
    difficultyUp: 0.0075,
    difficultyDown: 0.0075,
    amplitudeUp: 0.05,
    amplitudeDown: 0.05,
    survival: 0.8,
    failing: 0.7,
  },
  survival: 0.7,
  hardening: 0.8,
  harnessFade: 3e-4,
  looseningStepping: 0.85,
  wideningTracking: 0.5,
  armsTracking: 0.45,
  varietyStart: 0,
  deviationStart: 0.2,
  deviationEnd: 0.12,
  shapingFade: 3e-4,
  pushGrowth: 6e-4,
  pushSoftening: 1.2e-3,
  commandGrowth: 2e-4,
  commandNarrowing: 6e-4,
  widestCommands: [1.3, 0.6, 1],
};

/**
 * Legs that walk already need neither help nor an easy beginning. Under the noise that beginners explore with it pays to walk slowly,
 * and legs forget how they walk without it (docs/decisions/0045).
 */
const UNAIDED = {
  ...BRISK,
  beginsHardest: true,
  harnessFade: 0,
  deviationStart: 0.05,
  deviationEnd: 0.05,
  wideningTracking: 0.3,
  widestCommands: [1.3, 0.6, 0.9],
};

/** Legs that begin learn as much of three passes as of four, and their critic as much without mirror images (docs/decisions/0048). */
const FEWER_PASSES = { epochs: 3, criticImages: false };

/**
 * How trained legs learn: by steps that are the same all along, and averaged for longer. A rate that adapts to the policy's change
 * swings, within each iteration, far beyond what one batch can tell (docs/decisions/0033).
 */
const EVEN_STEPS = {
  desiredKl: 0,
  learningRate: 5e-5,
  averaging: 0.99,
  advantageLimit: 4,
  lambda: 0.9,
  criticLambda: 0.95,
  // A memory that was taught to tell the velocity makes legs differ from their mirror image, which drowns what they learn.
  symmetryCoefficient: 100,
};

function lowerStage(robot: RobotSpec, { preset, opponents }: StageOptions) {
  // Without an opponent the arms follow the motions open loop, and the waist of beginners stays at rest.
  const isWaistStill = opponents.length === 0;
  // Near the hardest alone, legs forget the others: slow motions that turn the waist count as harmless, and made them walk off.
  const motionDraw = "up-to" as const;
  if (preset === "shaped")
    return { task: shapedLowerTask(robot), isWaistStill, motionDraw, firstSteps: 12, curriculum: BRISK };
  if (preset === "fine") return { task: fineLowerTask(robot), motionDraw, curriculum: UNAIDED };
  return {
    task: almiLowerTask(robot),
    isWaistStill,
    motionWidth: 0.0025,
    curriculum: {
      pushStart: 1,
      shapingFade: 1,
      deviationStart: 1e-3,
      deviationEnd: 1e-3,
      widestCommands: [1, 0.3, 0.5],
    },
  };
}

function upperStage(robot: RobotSpec, preset: TrainingPreset) {
  if (preset === "almi") return { task: almiUpperTask(robot), motionDraw: "up-to" as const };
  return {
    task: shapedUpperTask(robot),
    motionDraw: "up-to" as const,
    addsToOpenLoop: true,
    curriculum: { survival: 0.7, amplitudeStart: 1, amplitudeUp: 0.0005, amplitudeDown: 0.001 },
  };
}

/** As the legs, with the upper half's rewards and the arms' beginning. */
function wholeStage(robot: RobotSpec, options: StageOptions) {
  const [legs, arms] = [lowerStage(robot, options), upperStage(robot, options.preset)];
  return {
    ...legs,
    task: wholeTask(robot, legs.task, arms.task),
    isWaistStill: false,
    addsToOpenLoop: options.preset !== "almi",
  };
}

function stageOf(half: Half, robot: RobotSpec, options: StageOptions) {
  if (half === "lower") return lowerStage(robot, options);
  return half === "upper" ? upperStage(robot, options.preset) : wholeStage(robot, options);
}

function requireCalm({ calmShare }: TaskConfig, what: string): void {
  if (calmShare > 0) return;
  throw new UsageError(
    `${what} has no calm episodes to draw the named motions in.`,
    "Leave those away, or take the preset fine for legs.",
  );
}

/** Whether the memory learns to tell the velocity: that of legs which walk knows it, and is the worse for being taught. */
function tells(half: Half, { actor, preset }: StageOptions): boolean {
  return half !== "upper" && actor === "lstm" && preset === "shaped";
}

function opponentEntry({ spec, model }: PolicyFile, i: number): OpponentEntry {
  return { file: `opponents/${i + 1}.onnx`, name: spec.name, hash: hashBytes(model) };
}
