import { z } from "zod";
import { ContrappostoError } from "../../common/index.ts";
import { unpackColumn } from "./column-code.ts";
import { ANGLE_STEP, MOTION_RATE_HZ, Motion } from "./motion.ts";
import { MOTION_TAGS } from "./motion-tags.ts";

/** A motion file that cannot be read. */
export class MotionFileError extends ContrappostoError {
  override readonly code = "MOTION_FILE";

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      `The motion file "${file}" ${problem}.`,
      "Take it from the package again, or generate it again.",
      options,
    );
  }
}

/** How a joint's angles are written, in words for whoever opens a file. */
export const COLUMN_ENCODING =
  "one text per joint, joints left out stay at default: base64 of zigzag LEB128 integers, which are the first value, the first difference, then second differences, in units of angleStep";

const Clip = z.strictObject({
  frames: z.int().min(2).max(100_000),
  columns: z.record(z.string(), z.string()),
});

/** One robot's motions. A clip that is the mirror image of another one is not stored. */
export const MotionData = z.strictObject({
  format: z.literal("contrapposto-motions"),
  version: z.literal(1),
  robot: z.string(),
  rateHz: z.literal(MOTION_RATE_HZ).describe("frames per second"),
  angleStep: z.literal(ANGLE_STEP).describe("rad"),
  encoding: z.string(),
  joints: z.array(z.string()).min(1),
  mirrorSigns: z
    .array(z.union([z.literal(1), z.literal(-1)]))
    .describe("sign of each joint's angle in the mirror, after left and right are exchanged"),
  default: z.array(z.number()),
  clips: z.record(z.string(), Clip),
});
export type MotionData = z.infer<typeof MotionData>;

/** How hard a motion is on a robot. */
export const MotionDifficulty = z.strictObject({
  seconds: z.number(),
  rmsAcceleration: z.number().describe("root mean square over joints and frames, rad/s²"),
  peakSpeed: z.number().describe("of the fastest joint, rad/s"),
  comExcursion: z
    .number()
    .describe("farthest that the robot's centre of mass moves sideways of the default pose, m"),
  clearance: z.number().describe("smallest distance between two parts of the robot, m"),
});
export type MotionDifficulty = z.infer<typeof MotionDifficulty>;

export const MotionEntry = z.strictObject({
  name: z.string(),
  description: z.string(),
  tags: z.array(z.enum(MOTION_TAGS)),
  split: z.enum(["train", "eval"]).describe("eval motions are held out of training"),
  mirrorOf: z.string().optional(),
  robots: z.record(z.string(), MotionDifficulty),
});
export type MotionEntry = z.infer<typeof MotionEntry>;

/** What motions there are. */
export const MotionManifest = z.strictObject({
  format: z.literal("contrapposto-motion-manifest"),
  version: z.literal(1),
  command: z.string().describe("what made these files"),
  seed: z.int(),
  rateHz: z.literal(MOTION_RATE_HZ),
  files: z.record(z.string(), z.string()).describe("data file of each robot"),
  motions: z.array(MotionEntry),
});
export type MotionManifest = z.infer<typeof MotionManifest>;

/** Reads a JSON text against a schema. Throws `MotionFileError` with the first thing that is wrong. */
export function parseMotionFile<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new MotionFileError(file, "is no JSON", { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new MotionFileError(file, `does not hold at ${issue?.path.join(".")}: ${issue?.message}`);
}

/** Unpacks one clip. Throws `MotionFileError` where it is broken or an angle is beyond a full turn. */
export function decodeClip(data: MotionData, name: string, file: string): Motion {
  const clip = data.clips[name];
  if (clip === undefined) throw new MotionFileError(file, `has no clip "${name}"`);
  const count = data.joints.length;
  const frames = new Float32Array(clip.frames * count);
  for (let at = 0; at < frames.length; at++) frames[at] = data.default[at % count];
  for (const [joint, packed] of Object.entries(clip.columns)) {
    const i = data.joints.indexOf(joint);
    const values = i < 0 ? undefined : unpackColumn(packed, clip.frames);
    if (values === undefined)
      throw new MotionFileError(file, `has a broken column "${joint}" in clip "${name}"`);
    for (let frame = 0; frame < clip.frames; frame++) {
      const angle = values[frame] * ANGLE_STEP;
      if (Math.abs(angle) > 2 * Math.PI)
        throw new MotionFileError(file, `turns "${joint}" beyond a full turn in clip "${name}"`);
      frames[frame * count + i] = angle;
    }
  }
  return new Motion(name, data.joints, Float64Array.from(data.default), frames);
}
