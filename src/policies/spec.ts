import { z } from "zod";
import { ObservationTerm } from "../sim/index.ts";

/** A recurrent network's memory: one state tensor (GRU) or two (LSTM) of [layers, batch, hidden]. */
export const RecurrentState = z.strictObject({
  kind: z.enum(["lstm", "gru"]),
  layers: z.int().positive(),
  hidden: z.int().positive(),
});
export type RecurrentState = z.infer<typeof RecurrentState>;

/** Where weights come from, so that anybody can make them again. */
export const Provenance = z.strictObject({
  command: z.string(),
  configHash: z.string(),
  commit: z.string(),
  seed: z.int(),
  steps: z.number().nonnegative(),
  metrics: z.record(z.string(), z.number()),
});
export type Provenance = z.infer<typeof Provenance>;

/** One commanded quantity and the range it was trained on: "vx" and "vy" in m/s, "yawRate" in rad/s. */
export const CommandRange = z.strictObject({ name: z.string(), low: z.number(), high: z.number() });
export type CommandRange = z.infer<typeof CommandRange>;

/**
 * The document inside a policy file, under the metadata key `contrapposto`: everything needed to run the weights on a
 * robot with the named joints, and nothing that a reader would have to guess.
 * Joint targets are `actionOffset + actionScale * clip(action)`, the offset being the default pose where absent.
 */
export const PolicySpec = z
  .strictObject({
    version: z.literal(1),
    name: z.string().min(1),
    robot: z.string().min(1).describe("the robot it was trained for"),
    jointNames: z.array(z.string()).min(1).describe("joints that it drives, in the order of its actions"),
    observedJoints: z
      .array(z.string())
      .min(1)
      .describe("joints of the whole model in the policy's order; default for joint terms"),
    defaultJointPos: z
      .record(z.string(), z.number())
      .describe("default pose by joint, rad, for all driven and observed joints"),
    kp: z.array(z.number().nonnegative()).describe("N·m/rad, per driven joint"),
    kd: z.array(z.number().nonnegative()).describe("N·m·s/rad, per driven joint"),
    torqueLimit: z.array(z.number().positive()).describe("N·m, per driven joint"),
    actionScale: z.union([z.number(), z.array(z.number())]).describe("rad per unit action"),
    actionClip: z.number().positive().default(100).describe("bound on the raw action's magnitude"),
    actionOffset: z
      .array(z.number())
      .optional()
      .describe("target at action 0, rad, per driven joint; the default pose when absent"),
    actionDeviation: z
      .array(z.number().nonnegative())
      .optional()
      .describe(
        "standard deviation of each raw action in training, for whoever samples instead of taking the mean",
      ),
    targetRange: z
      .array(z.tuple([z.number(), z.number()]))
      .optional()
      .describe("bounds on the targets, rad, per driven joint"),
    controlTimestep: z.number().positive().describe("s"),
    observations: z.array(ObservationTerm).min(1),
    commands: z.array(CommandRange),
    recurrent: RecurrentState.optional(),
    provenance: Provenance.optional(),
    importedFrom: z.string().optional().describe("the format that the weights came in"),
    assumptions: z
      .array(z.string())
      .default([])
      .describe("what that format does not say and the import filled in"),
  })
  .superRefine((spec, context) => {
    for (const problem of contradictions(spec)) context.addIssue({ code: "custom", message: problem });
  });
export type PolicySpec = z.infer<typeof PolicySpec>;

/** Action scale of each driven joint, rad per unit action. */
export function actionScales({ actionScale, jointNames }: PolicySpec): readonly number[] {
  return typeof actionScale === "number" ? jointNames.map(() => actionScale) : actionScale;
}

interface Lists {
  readonly jointNames: readonly string[];
  readonly observedJoints: readonly string[];
  readonly defaultJointPos: Readonly<Record<string, number>>;
  readonly commands: readonly CommandRange[];
  readonly [list: string]: unknown;
}

const LISTS_BY_JOINT = [
  "kp",
  "kd",
  "torqueLimit",
  "actionScale",
  "actionOffset",
  "actionDeviation",
  "targetRange",
] as const;

/** What lists say against each other, one sentence each. */
function contradictions(spec: Lists): string[] {
  const problems: string[] = [];
  for (const list of LISTS_BY_JOINT) {
    const values = spec[list];
    if (Array.isArray(values) && values.length !== spec.jointNames.length)
      problems.push(`${list} has ${values.length} values for ${spec.jointNames.length} driven joints`);
  }
  for (const list of ["jointNames", "observedJoints"] as const) {
    const twice = spec[list].find((name, i) => spec[list].indexOf(name) !== i);
    if (twice !== undefined) problems.push(`${list} names "${twice}" twice`);
  }
  for (const name of new Set([...spec.jointNames, ...spec.observedJoints]))
    if (!Object.hasOwn(spec.defaultJointPos, name)) problems.push(`defaultJointPos lacks "${name}"`);
  for (const { name, low, high } of spec.commands)
    if (low > high) problems.push(`the range of command "${name}" is empty: ${low} to ${high}`);
  return problems;
}
