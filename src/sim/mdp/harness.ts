import { z } from "zod";
import { type MutableVector, rotate } from "../../common/index.ts";
import type { ControlState } from "../control-state.ts";

/** A harness for beginners: a torque that rights the pelvis, so that a robot learns to step before it can balance. */
export const HarnessConfig = z.strictObject({
  stiffness: z.number().nonnegative().default(800).describe("righting torque, N·m per rad of tilt"),
  damping: z.number().nonnegative().default(40).describe("torque against tilting, N·m·s/rad"),
});
export type HarnessConfig = z.infer<typeof HarnessConfig>;

const UP = Float64Array.of(0, 0, 1);
const up = new Float64Array(3);
const turning = new Float64Array(3);

/**
 * Writes the harness's torque on the pelvis (world, N·m) into `out`; it holds against tilt, never against turning about
 * the vertical or moving.
 *
 * @param share of the config's stiffness and damping, 0 to 1
 */
export function harnessTorque<T extends MutableVector>(
  config: HarnessConfig,
  share: number,
  state: ControlState,
  out: T,
): T {
  rotate(state.baseQuat, UP, up);
  rotate(state.baseQuat, state.baseAngVel, turning);
  // The cross product of the pelvis' vertical and the world's is the axis that rights it, as long as the sine of the tilt.
  out[0] = share * (config.stiffness * up[1] - config.damping * turning[0]);
  out[1] = share * (-config.stiffness * up[0] - config.damping * turning[1]);
  out[2] = 0;
  return out;
}
