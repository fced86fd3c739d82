import { z } from "zod";

const count = z.int().nonnegative();
const triple = z.tuple([z.number(), z.number(), z.number()]);

/** How the world differs from its model since the scene was drawn: things that no joint moves, and colours. */
export const LayoutMessage = z.strictObject({
  op: z.literal("layout"),
  bodies: z.array(
    z.strictObject({
      body: z.string(),
      pos: triple.describe("world, m"),
      quat: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    }),
  ),
  colours: z.array(z.strictObject({ geom: z.string(), rgb: triple.describe("sRGB, 0 to 1") })),
});
export type LayoutMessage = z.infer<typeof LayoutMessage>;

/** How a trial stands, or ended. */
export const TRIAL_STATES = [
  "waiting",
  "ready",
  "acting",
  "succeeded",
  "failed",
  "timed out",
  "stopped",
] as const;
export type TrialState = (typeof TRIAL_STATES)[number];

/** A vision-language-action model at work: what it is, what it does, and how often that went well. */
export const VlaMessage = z.strictObject({
  op: z.literal("vla"),
  model: z.strictObject({
    name: z.string(),
    modelHash: z.string(),
    cameras: z.array(z.strictObject({ name: z.string(), width: count, height: count })),
    chunkHorizon: count.describe("steps of a chunk"),
    executeHorizon: count.describe("of these carried out before the next decision"),
    chunkTimestep: z.number().positive().describe("s"),
  }),
  tasks: z.array(
    z.strictObject({
      name: z.string(),
      about: z.string(),
      isTrained: z.boolean(),
      examples: z.array(z.string()).describe("sentences that name it"),
    }),
  ),
  selectors: z.array(z.string()).describe("ways to choose that this server has"),
  asked: z
    .strictObject({
      task: z.string(),
      instruction: z.string(),
      isSaid: z.boolean().describe("somebody wrote the instruction; else it is the scene's own"),
      seed: count.describe("of the scene"),
      selectors: z.array(z.string()).describe("the scene is done once under each"),
      candidates: count,
      goesOn: z.boolean().describe("the next scene follows by itself"),
    })
    .describe("what is done"),
  selector: z.string().describe("the one that acts, or acted last"),
  state: z.enum(TRIAL_STATES),
  outcomes: z
    .array(
      z.strictObject({
        selector: z.string(),
        state: z.enum(TRIAL_STATES),
        seconds: z.number().nonnegative(),
        decisions: count,
      }),
    )
    .describe("of this scene so far"),
  tally: z.array(z.strictObject({ task: z.string(), selector: z.string(), successes: count, trials: count })),
  pairs: z
    .array(
      z.strictObject({
        task: z.string(),
        selectors: z.tuple([z.string(), z.string()]),
        both: count,
        onlyFirst: count,
        onlySecond: count,
        neither: count,
      }),
    )
    .describe("scenes that were done under two selectors with the same noise"),
});
export type VlaMessage = z.infer<typeof VlaMessage>;

/** One choice among candidate chunks. */
export const DecisionMessage = z.strictObject({
  op: z.literal("decision"),
  number: count.describe("since the server started; stands in the rows of `futures`"),
  task: z.string(),
  seed: count,
  selector: z.string(),
  seconds: z.number().nonnegative().describe("since the trial began"),
  chosen: count.nullable().describe("index of the candidate; null where it is none of them, as a mean"),
  judge: z.string().describe("whose scores these are: the selector's where it has any"),
  scores: z.array(z.number()).describe("low where supported; of the judge taco, 1 / pseudo-count"),
  milliseconds: z.number().nonnegative().describe("from pictures to the choice"),
});
export type DecisionMessage = z.infer<typeof DecisionMessage>;
