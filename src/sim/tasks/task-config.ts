import { z } from "zod";
import { VelocityCommandConfig } from "../mdp/commands.ts";
import { PushConfig } from "../mdp/events.ts";
import { HarnessConfig } from "../mdp/harness.ts";
import { ObservationTerm } from "../mdp/observation-group.ts";
import { FallLimits } from "../mdp/terminations.ts";
import { PlantConfig } from "../plant/plant-config.ts";

/** Joints that one network drives, and how its raw actions become joint targets: q* = default + scale * clip(action). */
export const ActionGroup = z.strictObject({
  name: z.string(),
  joints: z.array(z.string()).min(1),
  scale: z
    .union([z.number(), z.array(z.number())])
    .default(0.25)
    .describe("rad per unit action"),
  clip: z.number().positive().default(100),
});
export type ActionGroup = z.infer<typeof ActionGroup>;

/** One observation vector: who sees it, and what is in it. */
export const ObservationGroupConfig = z.strictObject({
  name: z.string(),
  actionGroup: z.string().describe("whose last action `last_action` means"),
  joints: z.array(z.string()).optional().describe("default joints of the terms; default: all of the robot's"),
  terms: z.array(ObservationTerm).min(1),
  isNoisy: z.boolean().default(false).describe("add each term's noise"),
  isPrivileged: z.boolean().default(false).describe("read the truth instead of the sensors"),
});
export type ObservationGroupConfig = z.infer<typeof ObservationGroupConfig>;

const RewardTerm = z.strictObject({
  weight: z.number().describe("per second"),
  params: z.record(z.string(), z.number()).default({}),
  joints: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("which of the rewarded group's joints it judges; default: all"),
  isShaping: z.boolean().default(false).describe("only helps learning along: a curriculum may fade it out"),
  isCalmOnly: z.boolean().default(false).describe("counts in calm episodes alone"),
});

/** How an episode starts. ALMI's resets by default, but for the pose factor, which leaves zero defaults at zero. */
export const ResetConfig = z.strictObject({
  jointFactor: z
    .tuple([z.number(), z.number()])
    .default([1, 1])
    .describe("each joint starts at default times a draw from here"),
  jointOffset: z.number().nonnegative().default(0).describe("plus a uniform offset up to this, rad"),
  baseVel: z
    .number()
    .nonnegative()
    .default(0)
    .describe("each component of the pelvis velocity, m/s and rad/s"),
  position: z.number().nonnegative().default(0).describe("start anywhere in a square of this half-width, m"),
  yaw: z.number().nonnegative().default(0).describe("largest heading, rad"),
  isStaggered: z
    .boolean()
    .default(false)
    .describe("first episodes begin part-way, so that they do not end together"),
  drop: z.number().default(0.02).describe("pelvis above its standing height, m"),
});
export type ResetConfig = z.infer<typeof ResetConfig>;

/** A whole Markov decision process as data: it crosses threads, is hashed, and is stored beside what was trained on it. */
export const TaskConfig = z.strictObject({
  plant: PlantConfig.prefault({}),
  episodeSeconds: z.number().positive().default(20),
  actions: z.array(ActionGroup).min(1),
  observations: z.array(ObservationGroupConfig).min(1),
  rewardedGroup: z.string().describe("the action group whose joints the rewards judge"),
  rewards: z.record(z.string(), RewardTerm),
  isRewardPositive: z.boolean().default(false).describe("clip the sum of each step at 0, as ALMI does"),
  gait: z
    .strictObject({
      period: z.number().positive().default(0.8),
      standThreshold: z.number().nonnegative().default(0.1),
    })
    .prefault({}),
  fall: FallLimits.prefault({}),
  commands: VelocityCommandConfig.prefault({}),
  pushes: PushConfig.optional(),
  harness: HarnessConfig.optional(),
  leastHardness: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      "each episode meets a share of the arm motion and the variety that the curriculum asks for, drawn between this and 1",
    ),
  calmShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "share of episodes that are plain, and in which the robot is asked to stand under whole motions",
    ),
  plainShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "share of the other episodes in which the robot is the published one, no noise is added to what it observes and nobody pushes it",
    ),
  reset: ResetConfig.prefault({}),
});
export type TaskConfig = z.infer<typeof TaskConfig>;
