import { packColumn } from "../column-code.ts";
import { ANGLE_STEP, MOTION_RATE_HZ } from "../motion.ts";
import { COLUMN_ENCODING, type MotionData } from "../motion-file.ts";
import type { MotionBody } from "./motion-body.ts";

/** Clips as frames of joint angles, by name. */
export type DrawnClips = ReadonlyMap<string, readonly Float64Array[]>;

/** One robot's clips as they are stored. */
export function encodeMotions(body: MotionBody, clips: DrawnClips): MotionData {
  const signs = new Map(body.robot.joints.map((joint) => [joint.name, joint.mirrorSign]));
  return {
    format: "contrapposto-motions",
    version: 1,
    robot: body.robot.name,
    rateHz: MOTION_RATE_HZ,
    angleStep: ANGLE_STEP,
    encoding: COLUMN_ENCODING,
    joints: [...body.joints],
    mirrorSigns: body.joints.map((name) => (signs.get(name) === -1 ? -1 : 1)),
    default: [...body.default],
    clips: Object.fromEntries([...clips].map(([name, frames]) => [name, encodeClip(body, frames)])),
  };
}

/** Angles as whole steps. */
function quantize(frames: readonly Float64Array[], joint: number): number[] {
  return frames.map((frame) => Math.floor(frame[joint] / ANGLE_STEP + 0.5));
}

function encodeClip(body: MotionBody, frames: readonly Float64Array[]): MotionData["clips"][string] {
  const columns: Record<string, string> = {};
  body.joints.forEach((name, joint) => {
    const steps = quantize(frames, joint);
    if (steps.some((step) => step !== steps[0])) columns[name] = packColumn(steps);
  });
  return { frames: frames.length, columns };
}
