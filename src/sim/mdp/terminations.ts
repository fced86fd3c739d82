import { z } from "zod";
import { pitchOf, rollOf } from "../../common/index.ts";
import type { ControlState } from "../control-state.ts";

/** When an episode ends because the robot has failed. ALMI's limits by default. */
export const FallLimits = z.strictObject({
  roll: z.number().positive().default(0.8).describe("rad"),
  pitch: z.number().positive().default(1.0).describe("rad"),
  minHeight: z.number().default(0.4).describe("pelvis above ground, m"),
});
export type FallLimits = z.infer<typeof FallLimits>;

/** Whether the robot has fallen: tilted too far, or the pelvis too low. */
export function hasFallen(state: ControlState, limits: FallLimits, groundHeight = 0): boolean {
  if (state.basePos[2] - groundHeight < limits.minHeight) return true;
  return Math.abs(rollOf(state.baseQuat)) > limits.roll || Math.abs(pitchOf(state.baseQuat)) > limits.pitch;
}
