import { z } from "zod";
import { MANIPULATION_TASKS } from "../../sim/index.ts";

/** How much is done. */
export const TacoSize = z.strictObject({
  task: z.array(z.string()).describe("tasks by name"),
  demos: z.int().positive().describe("demonstrations of a task and mixture"),
  steps: z.int().positive().describe("gradient steps of a policy"),
  frames: z.int().positive().describe("demonstration frames that are counted"),
  draws: z.int().positive().describe("predictions that the feature search chooses from"),
  minUpdates: z.int().positive().describe("updates of a counter at least"),
  policySeeds: z.int().positive().describe("policies on the mixed data"),
  counterSeeds: z.int().positive().describe("counters of each policy"),
  scenes: z.int().positive().describe("test scenes a task for the headline"),
  sideScenes: z.int().positive().describe("test scenes a task for every other table"),
  candidates: z.int().positive().describe("chunks to choose from"),
  counts: z.array(z.int().positive()).describe("numbers of chunks for the curve"),
  parts: z
    .array(z.enum(["selectors", "controls", "counts", "ablations", "shifts"]))
    .describe("what is shown beside the headline"),
});
export type TacoSize = z.output<typeof TacoSize>;

/** The headline as decision 15 fixes it. */
export const FULL_SIZE: TacoSize = {
  task: MANIPULATION_TASKS.map(({ name }) => name),
  demos: 800,
  steps: 24_000,
  frames: 40_000,
  draws: 16,
  minUpdates: 800,
  policySeeds: 2,
  counterSeeds: 5,
  scenes: 250,
  sideScenes: 100,
  candidates: 16,
  counts: [1, 2, 4, 8, 16, 32, 50],
  parts: ["selectors", "controls", "counts", "ablations", "shifts"],
};

/** Ten minutes on two cores: every part once, far too small to show anything. */
export const QUICK_SIZE: TacoSize = {
  task: ["press-button", "reach-around"],
  demos: 40,
  steps: 300,
  frames: 300,
  draws: 10,
  minUpdates: 60,
  policySeeds: 1,
  counterSeeds: 2,
  scenes: 6,
  sideScenes: 3,
  candidates: 8,
  counts: [1, 4, 8],
  parts: ["selectors", "controls", "counts", "ablations", "shifts"],
};
