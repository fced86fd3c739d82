import { z } from "zod";
import { NetworkShape } from "./small/network-shape.ts";

const Numbers = z.array(z.number());

/** Moments and quantiles of each dimension over the training frames; all lists are equally long. */
export const Statistics = z.strictObject({
  count: z.int().nonnegative(),
  mean: Numbers,
  std: Numbers,
  q01: Numbers,
  q99: Numbers,
});
export type Statistics = z.infer<typeof Statistics>;

/** One commanded quantity of a chunk. */
export const ActionDim = z.strictObject({
  /** The name of a joint, else of what is commanded: "left_gripper" (0 open, 1 closed), "vx", "yaw_rate". */
  name: z.string().min(1),
  kind: z.enum(["joint", "gripper", "velocity", "plain"]),
  /** Index of the proprioception value that the network predicts the difference to; absent: predicted as it is. */
  relativeTo: z.int().nonnegative().optional(),
});
export type ActionDim = z.infer<typeof ActionDim>;

/** How chunks come out of a network. */
export const Head = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("flow"), steps: z.int().positive().default(10) }),
  z.strictObject({ kind: z.literal("diffusion"), steps: z.int().positive().default(10) }),
  z.strictObject({
    kind: z.literal("autoregressive"),
    bins: z.int().min(2).default(64),
    temperature: z.number().positive().default(1),
  }),
  z.strictObject({ kind: z.literal("remote") }),
]);
export type Head = z.infer<typeof Head>;

/** What a VLA needs and gives: its manifest, stored with its weights. */
export const VlaSpec = z
  .strictObject({
    format: z.literal("contrapposto vla 1"),
    name: z.string().min(1),
    robot: z.string().min(1).describe("the robot it was trained for"),
    cameras: z.array(
      z.strictObject({ name: z.string().min(1), width: z.int().positive(), height: z.int().positive() }),
    ),
    proprioception: z.array(z.string()).describe("names of the values, in order"),
    actions: z.array(ActionDim).min(1),
    chunkHorizon: z.int().positive().describe("steps predicted"),
    executeHorizon: z.int().positive().describe("steps used before the next chunk, by default"),
    chunkTimestep: z.number().positive().describe("time between two steps of a chunk, s"),
    head: Head,
    featureSize: z.int().nonnegative(),
    takesNoise: z.boolean().default(true).describe("whether the caller's noise decides the candidates"),
    normalisation: z.strictObject({ proprioception: Statistics, actions: Statistics }),
    network: NetworkShape.optional(),
    /** Of all weights and of this manifest's normalisation; ties scorers to the model. */
    modelHash: z.string(),
    tasks: z.array(z.string()).default([]).describe("tasks of the demonstrations"),
    provenance: z.record(z.string(), z.unknown()).default({}),
  })
  .superRefine((spec, context) => {
    for (const message of contradictions(spec)) context.addIssue({ code: "custom", message });
  });
export type VlaSpec = z.infer<typeof VlaSpec>;

function contradictions(spec: {
  readonly proprioception: readonly string[];
  readonly actions: readonly ActionDim[];
  readonly chunkHorizon: number;
  readonly executeHorizon: number;
  readonly normalisation: Readonly<Record<"proprioception" | "actions", Statistics>>;
}): string[] {
  const problems: string[] = [];
  if (spec.executeHorizon > spec.chunkHorizon)
    problems.push(`executes ${spec.executeHorizon} steps of ${spec.chunkHorizon} predicted`);
  for (const group of ["proprioception", "actions"] as const)
    for (const list of ["mean", "std", "q01", "q99"] as const)
      if (spec.normalisation[group][list].length !== spec[group].length)
        problems.push(`${list} of ${group} has ${spec.normalisation[group][list].length} values`);
  for (const { name, relativeTo } of spec.actions)
    if (relativeTo !== undefined && relativeTo >= spec.proprioception.length)
      problems.push(`action ${name} is relative to a value that there is not`);
  return problems;
}
