import { z } from "zod";
import { ObservationTerm } from "../sim/index.ts";

/** A recurrent network's memory: the names its graph gives to the state inputs and outputs. */
export const RecurrentState = z.strictObject({
  kind: z.enum(["lstm", "gru"]),
  layers: z.int().positive(),
  hidden: z.int().positive(),
});

/** Where weights come from, so that anybody can make them again. */
export const Provenance = z.strictObject({
  command: z.string(),
  configHash: z.string(),
  commit: z.string(),
  seed: z.int(),
  steps: z.number().nonnegative(),
  metrics: z.record(z.string(), z.number()),
});

/**
 * The document inside a policy file, under the metadata key `contrapposto`: everything needed to run the weights on a
 * robot with the named joints, and nothing that a reader would have to guess.
 */
export const PolicySpec = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  robot: z.string().describe("the robot it was trained for"),
  jointNames: z.array(z.string()).min(1).describe("joints that it drives, in the order of its actions"),
  observedJoints: z
    .array(z.string())
    .min(1)
    .describe("joints of the whole model in the policy's order; default for joint terms"),
  defaultJointPos: z
    .record(z.string(), z.number())
    .describe("default pose by joint, rad, for all observed joints"),
  kp: z.array(z.number().nonnegative()).describe("N·m/rad, per driven joint"),
  kd: z.array(z.number().nonnegative()).describe("N·m·s/rad, per driven joint"),
  torqueLimit: z.array(z.number().positive()).describe("N·m, per driven joint"),
  actionScale: z.union([z.number(), z.array(z.number())]).describe("rad per unit action"),
  actionClip: z.number().positive().default(100),
  controlTimestep: z.number().positive().describe("s"),
  observations: z.array(ObservationTerm).min(1),
  commands: z.array(z.strictObject({ name: z.string(), low: z.number(), high: z.number() })),
  recurrent: RecurrentState.optional(),
  provenance: Provenance.optional(),
});
export type PolicySpec = z.infer<typeof PolicySpec>;
