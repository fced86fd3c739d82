import { portableMath, projectedGravity } from "../../../common/index.ts";
import { isStanding } from "../gait-phase.ts";
import type { MdpState, RewardKernel } from "../mdp-state.ts";

const gravity = new Float64Array(3);

/** Closeness of the horizontal velocity in the pelvis frame to the one asked for; see `closeness`. */
export const trackLinVel: RewardKernel = ({ state }, params) => {
  const ex = state.command[0] - state.baseLinVel[0];
  const ey = state.command[1] - state.baseLinVel[1];
  return closeness(ex * ex + ey * ey, params);
};

/** The same of the yaw rate in the pelvis frame. */
export const trackAngVel: RewardKernel = ({ state }, params) =>
  closeness((state.command[2] - state.baseAngVel[2]) ** 2, params);

/**
 * Closeness of the yaw rate, averaged over about half a stride, to the one asked for. Exploration noise shakes the pelvis by
 * 2 rad/s, beside which a kernel on the rate of the moment cannot tell a robot that turns from one that does not. Not part of
 * ALMI.
 */
export const trackTurning: RewardKernel = ({ state, travel }, params) =>
  closeness((state.command[2] - travel[2]) ** 2, params);

/** As `trackTurning`, of the horizontal velocity: what a step moves, without the sway that it cannot be without. */
export const trackTravel: RewardKernel = ({ state, travel }, params) => {
  const ex = state.command[0] - travel[0];
  const ey = state.command[1] - travel[1];
  return closeness(ex * ex + ey * ey, params);
};

/**
 * exp(-error² / sigma), sigma 0.25 by default, or with `width` exp(-error / width): that one falls as steeply near the goal, and from far away
 * it still tells which way the goal lies. Legs that were 0.4 m/s too slow gained nothing by a step under the first.
 */
function closeness(
  squaredError: number,
  { sigma = 0.25, width = 0 }: Readonly<Record<string, number>>,
): number {
  return portableMath.exp(width > 0 ? -Math.sqrt(squaredError) / width : -squaredError / sigma);
}

/**
 * Squared difference of the horizontal velocity from its mean over half a stride, (m/s)²: how much the pelvis swings with each
 * step. Not part of ALMI.
 */
export const travelSway: RewardKernel = ({ state, travel }) =>
  (state.baseLinVel[0] - travel[0]) ** 2 + (state.baseLinVel[1] - travel[1]) ** 2;

/** The same of the yaw rate, (rad/s)². */
export const turningSway: RewardKernel = ({ state, travel }) => (state.baseAngVel[2] - travel[2]) ** 2;

export const alive: RewardKernel = () => 1;

/** 1 in the step of a fall. */
export const fall: RewardKernel = ({ hasFallen }) => (hasFallen ? 1 : 0);

/** Squared vertical velocity of the pelvis, (m/s)². */
export const linVelZ: RewardKernel = ({ state }) => state.baseLinVel[2] ** 2;

/** Squared roll and pitch rates, (rad/s)². */
export const angVelXy: RewardKernel = ({ state }) => state.baseAngVel[0] ** 2 + state.baseAngVel[1] ** 2;

/** Squared horizontal part of projected gravity: 0 upright, 1 lying. */
export const orientation: RewardKernel = ({ state }) => {
  projectedGravity(state.baseQuat, gravity);
  return gravity[0] ** 2 + gravity[1] ** 2;
};

/** Squared deviation of the pelvis height above ground from `target`, m². */
export const baseHeight: RewardKernel = ({ state, groundHeight }, { target = 0.95 }) =>
  (state.basePos[2] - groundHeight - target) ** 2;

/** Squared horizontal velocity while asked to stand, (m/s)². */
export const standingVelocity: RewardKernel = (mdp: MdpState) =>
  isStanding(mdp.gait, mdp.state) ? mdp.state.baseLinVel[0] ** 2 + mdp.state.baseLinVel[1] ** 2 : 0;

/**
 * Speed of the mean over half a stride while asked to stand, m/s. Not squared: a drift of 1 cm/s ends a metre away after two
 * minutes, and its square is nothing. Not part of ALMI.
 */
export const standingTravel: RewardKernel = ({ gait, state, travel }) =>
  isStanding(gait, state) ? Math.sqrt(travel[0] ** 2 + travel[1] ** 2) : 0;
