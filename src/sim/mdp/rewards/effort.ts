import { portableMath } from "../../../common/index.ts";
import { isStanding } from "../gait-phase.ts";
import type { RewardKernel } from "../mdp-state.ts";
import { judgedJoints } from "./judged-joints.ts";
import { isStopping } from "./stopping.ts";

const HIP_YAW_ROLL = /hip_(yaw|roll)/;
const ANKLE = /ankle/;

/** Σ tau² over the judged joints, (N·m)². */
export const torques: RewardKernel = ({ state, joints }) => sumOfSquares(joints, state.tau);

/** Σ dq², (rad/s)². */
export const jointVel: RewardKernel = ({ state, joints }) => sumOfSquares(joints, state.dq);

/** Σ of squared mean joint accelerations over the control step, (rad/s²)². */
export const jointAcc: RewardKernel = ({ state, previousDq, joints, controlTimestep }) => {
  let sum = 0;
  for (let k = 0; k < joints.length; k++)
    sum += ((state.dq[joints[k]] - previousDq[joints[k]]) / controlTimestep) ** 2;
  return sum;
};

/** Σ of squared changes of the raw action. */
export const actionRate: RewardKernel = ({ action, lastAction }) => {
  let sum = 0;
  for (let k = 0; k < action.length; k++) sum += (action[k] - lastAction[k]) ** 2;
  return sum;
};

/** Σ by which joints leave the middle `share` of their range, rad. */
export const jointPosLimits: RewardKernel = ({ robot, state, joints }, { share = 0.9 }) => {
  let sum = 0;
  for (let k = 0; k < joints.length; k++) {
    const [low, high] = robot.joints[joints[k]].range;
    const beyond = Math.abs(state.q[joints[k]] - (low + high) / 2) - (share * (high - low)) / 2;
    if (beyond > 0) sum += beyond;
  }
  return sum;
};

/** Σ by which joints exceed `share` of their speed limit, each at most `most` rad/s. */
export const jointVelLimits: RewardKernel = ({ robot, state, joints }, { share = 1, most = 1 }) => {
  let sum = 0;
  for (let k = 0; k < joints.length; k++) {
    const beyond = Math.abs(state.dq[joints[k]]) - share * robot.joints[joints[k]].velocityLimit;
    if (beyond > 0) sum += Math.min(most, beyond);
  }
  return sum;
};

/** Σ by which torques exceed `share` of their limit, N·m. At share 1 it is 0 by construction, since torques are clipped. */
export const torqueLimits: RewardKernel = ({ robot, state, joints }, { share = 1 }) => {
  let sum = 0;
  for (let k = 0; k < joints.length; k++) {
    const beyond = Math.abs(state.tau[joints[k]]) - share * robot.joints[joints[k]].torqueLimit;
    if (beyond > 0) sum += beyond;
  }
  return sum;
};

/** Σ q² over hip yaw and hip roll, rad²: keeps the legs from splaying. */
export const hipPos: RewardKernel = (mdp) => {
  let sum = 0;
  for (const k of judgedJoints(mdp, HIP_YAW_ROLL)) sum += mdp.state.q[mdp.joints[k]] ** 2;
  return sum;
};

/** Σ tau² over the ankles, (N·m)². */
export const ankleTorques: RewardKernel = (mdp) => {
  let sum = 0;
  for (const k of judgedJoints(mdp, ANKLE)) sum += mdp.state.tau[mdp.joints[k]] ** 2;
  return sum;
};

/** Σ of squared action changes of the ankles. */
export const ankleActionRate: RewardKernel = (mdp) => {
  let sum = 0;
  for (const k of judgedJoints(mdp, ANKLE)) sum += (mdp.action[k] - mdp.lastAction[k]) ** 2;
  return sum;
};

/** Σ |q - default| while asked to stand, rad; nothing while the robot stops (`isStopping`, faster than `settled` m/s). */
export const standStill: RewardKernel = (mdp, params) => {
  if (!isStanding(mdp.gait, mdp.state) || isStopping(mdp, params)) return 0;
  const { joints, robot, state } = mdp;
  let sum = 0;
  for (let k = 0; k < joints.length; k++)
    sum += Math.abs(state.q[joints[k]] - robot.joints[joints[k]].default);
  return sum;
};

/** exp(-mean((reference - q)²) / sigma) over the judged joints; sigma 0.5 rad² by default. */
export const trackReference: RewardKernel = ({ state, joints }, { sigma = 0.5 }) => {
  let sum = 0;
  for (let k = 0; k < joints.length; k++) sum += (state.reference[joints[k]] - state.q[joints[k]]) ** 2;
  return portableMath.exp(-sum / joints.length / sigma);
};

function sumOfSquares(joints: Int32Array, values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < joints.length; k++) sum += values[joints[k]] ** 2;
  return sum;
}
