import { z } from "zod";
import { PpoConfig } from "../../learn/index.ts";
import { TaskConfig, TrainingTerrain } from "../../sim/index.ts";
import { LowerCurriculumConfig } from "./lower-curriculum.ts";
import { UpperCurriculumConfig } from "./upper-curriculum.ts";

/** A frozen network of the other half, by the copy of its file that the run keeps. */
export const OpponentEntry = z.strictObject({
  file: z.string().describe("relative to the run folder"),
  name: z.string(),
  hash: z.string(),
});
export type OpponentEntry = z.infer<typeof OpponentEntry>;

const common = {
  robot: z.string(),
  seed: z.int().nonnegative(),
  numEnvs: z.int().positive().default(1024),
  ppo: PpoConfig,
  motionDraw: z
    .enum(["near", "up-to"])
    .default("near")
    .describe("motions that a difficulty admits: those near it in the ranking, or all up to it"),
  motionWidth: z
    .number()
    .positive()
    .default(0.05)
    .describe("share of the motions around the difficulty that are drawn"),
  motionRanking: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("motions from the most harmless to the most disturbing; default: by hardness"),
  calmMotions: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("motions of calm episodes, each as often; default: those of all episodes"),
  isWaistStill: z.boolean().default(false).describe("the reference leaves the waist at its default angle"),
  terrain: TrainingTerrain.optional(),
  opponents: z.array(OpponentEntry).default([]),
  opponentAction: z
    .enum(["sample", "mean"])
    .default("sample")
    .describe("opponents act with the noise of their training, as in ALMI, or without"),
  task: TaskConfig,
};

const LowerStageConfig = z.strictObject({
  half: z.literal("lower").default("lower"),
  ...common,
  firstSteps: z
    .int()
    .nonnegative()
    .default(0)
    .describe("rounds in which fresh legs copy stepping on the spot before they learn by reward"),
  swingPose: z
    .record(z.string(), z.number())
    .optional()
    .describe(
      "what is added to the targets of a leg at the height of its swing, rad by kind of joint, inside the policy file; legs that were trimmed so begin with it",
    ),
  curriculum: LowerCurriculumConfig.prefault({}),
});

const addsToOpenLoop = z
  .boolean()
  .default(false)
  .describe(
    "what the network says of the arms is added to open-loop control, near which it begins, inside the policy file",
  );

const UpperStageConfig = z.strictObject({
  half: z.literal("upper"),
  ...common,
  addsToOpenLoop,
  curriculum: UpperCurriculumConfig.prefault({}),
});

const WholeStageConfig = z.strictObject({
  ...LowerStageConfig.shape,
  half: z.literal("whole"),
  addsToOpenLoop,
});

/** Everything that decides the training of one half; stored beside its checkpoints. */
export const StageConfig = z.union([LowerStageConfig, UpperStageConfig, WholeStageConfig]);
export type StageConfig = z.infer<typeof StageConfig>;

/** The half of the body that a stage trains; "whole" is both by one network, the baseline. */
export type Half = StageConfig["half"];
