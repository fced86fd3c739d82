import type { RewardKernel } from "../mdp-state.ts";
import * as effort from "./effort.ts";
import * as feet from "./feet.ts";
import * as velocity from "./velocity.ts";

/** Every reward term by the name that task configs use. */
export const REWARD_TERMS: Readonly<Record<string, RewardKernel>> = {
  track_lin_vel: velocity.trackLinVel,
  track_ang_vel: velocity.trackAngVel,
  track_turning: velocity.trackTurning,
  track_travel: velocity.trackTravel,
  travel_sway: velocity.travelSway,
  turning_sway: velocity.turningSway,
  alive: velocity.alive,
  fall: velocity.fall,
  lin_vel_z: velocity.linVelZ,
  ang_vel_xy: velocity.angVelXy,
  orientation: velocity.orientation,
  base_height: velocity.baseHeight,
  standing_velocity: velocity.standingVelocity,
  standing_travel: velocity.standingTravel,
  torques: effort.torques,
  joint_vel: effort.jointVel,
  joint_acc: effort.jointAcc,
  action_rate: effort.actionRate,
  joint_pos_limits: effort.jointPosLimits,
  joint_vel_limits: effort.jointVelLimits,
  torque_limits: effort.torqueLimits,
  hip_pos: effort.hipPos,
  ankle_torques: effort.ankleTorques,
  ankle_action_rate: effort.ankleActionRate,
  stand_still: effort.standStill,
  track_reference: effort.trackReference,
  contact_phase: feet.contactPhase,
  missed_swing: feet.missedSwing,
  gait_pose: feet.gaitPose,
  feet_distance: feet.feetDistance,
  knee_distance: feet.kneeDistance,
  contact_velocity: feet.contactVelocity,
  swing_height: feet.swingHeight,
  standing_steps: feet.standingSteps,
  contact_forces: feet.contactForces,
};
