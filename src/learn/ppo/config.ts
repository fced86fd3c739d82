import { z } from "zod";

const ActivationName = z.enum(["elu", "relu", "tanh", "silu", "gelu"]);
const Sizes = z.array(z.int().positive());

/** The network that acts. */
export const ActorConfig = z.strictObject({
  kind: z.enum(["mlp", "lstm"]).default("mlp"),
  recurrentSize: z.int().positive().default(64).describe("hidden units of the LSTM, if there is one"),
  hidden: Sizes.default([64, 32]).describe("hidden layers (after the LSTM, if there is one)"),
  activation: ActivationName.default("elu"),
  initialDeviation: z.number().positive().default(0.8).describe("standard deviation of actions at the start"),
  minDeviation: z
    .number()
    .nonnegative()
    .default(0)
    .describe("standard deviation of actions is kept above this"),
});
export type ActorConfig = z.infer<typeof ActorConfig>;

/** The network that judges. */
export const CriticConfig = z.strictObject({
  hidden: Sizes.default([64, 32]),
  activation: ActivationName.default("elu"),
});
export type CriticConfig = z.infer<typeof CriticConfig>;

/**
 * How left-right symmetry of the robot is used: each sample is learnt with its mirror image ("augment"), the actor is charged for
 * what it does differently in the mirror ("loss"), or "both". Images alone don't keep an actor symmetric: what is learnt of them is
 * relative to what the actor did, not to what it would have done in the mirror.
 */
export const SymmetryUse = z.enum(["none", "augment", "loss", "both"]);
export type SymmetryUse = z.infer<typeof SymmetryUse>;

/** Proximal policy optimisation; the defaults are ALMI's (rsl_rl's with smaller networks). */
export const PpoConfig = z.strictObject({
  actor: ActorConfig.prefault({}),
  critic: CriticConfig.prefault({}),
  rolloutLength: z.int().positive().default(24).describe("control steps per environment and iteration"),
  epochs: z.int().positive().default(5).describe("passes over the rollout per iteration"),
  minibatches: z.int().positive().default(4).describe("gradient steps per pass"),
  gamma: z.number().min(0).max(1).default(0.99).describe("discount per control step"),
  lambda: z.number().min(0).max(1).default(0.95).describe("decay of advantage estimation"),
  criticLambda: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "the same for what the critic learns; default: lambda. More makes it depend less on its own errors",
    ),
  advantageLimit: z
    .number()
    .nonnegative()
    .default(0)
    .describe("advantages count no more than so many of their standard deviations; 0: as they are"),
  clip: z.number().positive().default(0.2).describe("how far the probability ratio and the value may move"),
  clipValue: z.boolean().default(true),
  valueCoefficient: z.number().nonnegative().default(1),
  entropyCoefficient: z.number().nonnegative().default(0.01),
  maxGradientNorm: z.number().positive().default(1),
  learningRate: z.number().positive().default(1e-3).describe("at the start"),
  criticLearningRate: z
    .number()
    .nonnegative()
    .default(0)
    .describe("of all that does not act, the same all along; 0: that of the actor"),
  minLearningRate: z.number().positive().default(1e-5),
  maxLearningRate: z.number().positive().default(1e-2),
  desiredKl: z
    .number()
    .nonnegative()
    .default(0.01)
    .describe("policy change per gradient step that the learning rate aims at; 0 keeps the rate fixed"),
  averaging: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe(
      "share of the old average that each iteration keeps, where the policy file holds averaged weights",
    ),
  normaliseObservations: z.boolean().default(false),
  symmetry: SymmetryUse.default("none"),
  criticImages: z
    .boolean()
    .default(true)
    .describe(
      "the critic learns mirror images too, where the actor does; they are a tenth of what learning costs",
    ),
  symmetryCoefficient: z.number().nonnegative().default(1).describe("weight of that charge"),
  estimates: z
    .int()
    .nonnegative()
    .default(0)
    .describe(
      "how many of the critic's observations, the first ones, an LSTM actor's memory learns to tell from what it sees",
    ),
  estimateCoefficient: z.number().nonnegative().default(0.1).describe("weight of that lesson"),
});
export type PpoConfig = z.infer<typeof PpoConfig>;
