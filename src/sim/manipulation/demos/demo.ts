import { z } from "zod";
import { SHIFTS, SPLITS } from "../episode.ts";
import { EXPERT_MODES } from "../task.ts";

/** What all episodes of a demonstration file have in common. */
export const DemoHeader = z.strictObject({
  format: z.literal(1),
  task: z.string(),
  robot: z.string(),
  /** Names of an action's and of proprioception's numbers, in their order. */
  actionNames: z.array(z.string()).min(1),
  proprioceptionNames: z.array(z.string()).min(1),
  actionTimestep: z.number().positive().describe("s"),
  cameras: z.array(
    z.strictObject({ camera: z.string(), width: z.int().positive(), height: z.int().positive() }),
  ),
  imageStride: z.int().positive().describe("one set of pictures every so many frames, from frame 0 on"),
  mixture: z.string().describe("how the modes were mixed"),
  noise: z.number().nonnegative().describe("deviation of the noise on executed joint targets, rad"),
});
export type DemoHeader = z.infer<typeof DemoHeader>;

/** What is known of one demonstration besides its numbers. */
export const DemoInfo = z.strictObject({
  split: z.enum(SPLITS),
  seed: z.int().nonnegative(),
  shifts: z.array(z.enum(SHIFTS)),
  instruction: z.string(),
  /** For analysis only: no model may see it. */
  mode: z.enum(EXPERT_MODES),
  outcome: z.enum(["succeeded", "failed", "timed out"]),
  frames: z.int().nonnegative(),
});
export type DemoInfo = z.infer<typeof DemoInfo>;

/** One demonstration: at frame k proprioception and pictures are what was seen before action k. */
export interface Demo {
  readonly info: DemoInfo;
  /** [frames, proprioception names]. */
  readonly proprioception: Float32Array;
  /** What the expert wanted, without the noise that was added when it was carried out, [frames, action names]. */
  readonly actions: Float32Array;
  /** By camera: [pictures, height, width, 3], sRGB; picture i belongs to frame i x imageStride. */
  readonly images: ReadonlyMap<string, Uint8Array>;
}

/** How many sets of pictures a demonstration of so many frames has. */
export function pictureCount(frames: number, imageStride: number): number {
  return Math.ceil(frames / imageStride);
}
