import { isStanding } from "../gait-phase.ts";
import type { RewardKernel } from "../mdp-state.ts";
import { isStopping } from "./stopping.ts";

/**
 * Squared horizontal distance, m², of the centre of mass from the middle between the soles while asked to stand: how near a robot is
 * to having to step. A sole's middle is `ahead` m in front of its ankle. Nothing while a robot stops (`isStopping`, faster
 * than `settled` m/s). Not part of ALMI.
 */
export const standingBalance: RewardKernel = (mdp, params) => {
  const { state, gait, feet, centre } = mdp;
  if (!isStanding(gait, state) || isStopping(mdp, params)) return 0;
  const { ahead = 0.045 } = params;
  const [w, x, y, z] = [state.baseQuat[0], state.baseQuat[1], state.baseQuat[2], state.baseQuat[3]];
  const [noseX, noseY] = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z)];
  const reach = ahead / Math.sqrt(noseX * noseX + noseY * noseY);
  const dx = centre[0] - (feet.pos[0] + feet.pos[3]) / 2 - reach * noseX;
  const dy = centre[1] - (feet.pos[1] + feet.pos[4]) / 2 - reach * noseY;
  return dx * dx + dy * dy;
};
