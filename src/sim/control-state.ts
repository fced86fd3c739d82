import type { RobotSpec } from "./robots/robot.ts";

/**
 * What a controller may read, the same in the simulator and on the robot. All arrays are kept and overwritten in
 * place at every control step; copy what must last. Joint arrays follow the robot's declared order.
 */
export interface ControlState {
  /** Seconds since the episode began, exact multiples of the control timestep. */
  time: number;
  /** Control steps since the episode began. */
  step: number;
  /** Joint positions, rad; velocities, rad/s; torques applied last, N·m. */
  readonly q: Float64Array;
  readonly dq: Float64Array;
  readonly tau: Float64Array;
  /** Pelvis orientation, world from pelvis, [w, x, y, z]. */
  readonly baseQuat: Float64Array;
  /** Pelvis angular velocity in the pelvis frame, rad/s. */
  readonly baseAngVel: Float64Array;
  /** Privileged, from the simulator alone: pelvis position (world), m, and linear velocity (pelvis frame), m/s. NaN on hardware. */
  readonly basePos: Float64Array;
  readonly baseLinVel: Float64Array;
  /** What the robot is asked to do: velocity [vx, vy, yaw rate] in the pelvis' heading frame, m/s and rad/s. */
  readonly command: Float64Array;
  /** Joint angles asked of the upper body (a motion clip, an operator), rad; the default pose where nothing is asked. */
  readonly reference: Float64Array;
}

/** A state at rest in the default pose, to be filled by a simulator or a robot link. */
export function createControlState(robot: RobotSpec): ControlState {
  const defaults = Float64Array.from(robot.joints, (joint) => joint.default);
  return {
    time: 0,
    step: 0,
    q: defaults.slice(),
    dq: new Float64Array(defaults.length),
    tau: new Float64Array(defaults.length),
    baseQuat: Float64Array.of(1, 0, 0, 0),
    baseAngVel: new Float64Array(3),
    basePos: Float64Array.of(0, 0, robot.standingHeight),
    baseLinVel: new Float64Array(3),
    command: new Float64Array(3),
    reference: defaults,
  };
}

/** Joint targets for the motors' PD loops: tau = kp (q - q_measured) - kd dq_measured + tau, clipped to the torque limit. */
export interface JointTargets {
  /** Position targets, rad, in the robot's order. */
  readonly q: Float64Array;
  readonly kp: Float64Array;
  readonly kd: Float64Array;
  /** Feed-forward torque, N·m. */
  readonly tau: Float64Array;
}

/** Targets that hold the default pose with the robot's own gains. */
export function createJointTargets(robot: RobotSpec): JointTargets {
  return {
    q: Float64Array.from(robot.joints, (joint) => joint.default),
    kp: Float64Array.from(robot.joints, (joint) => joint.kp),
    kd: Float64Array.from(robot.joints, (joint) => joint.kd),
    tau: new Float64Array(robot.joints.length),
  };
}
