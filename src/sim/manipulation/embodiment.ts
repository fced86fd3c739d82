import type { RobotSpec } from "../robots/robot.ts";
import { ARM_JOINTS, SIDES } from "./arm-solver.ts";

/** Joints that a VLA commands, in the order of its actions: waist, left arm, right arm. */
export const COMMANDED_JOINTS: readonly string[] = [
  "torso_joint",
  ...SIDES.flatMap((side) => ARM_JOINTS.map((name) => `${side}_${name}_joint`)),
];

/**
 * Names of an action's numbers: joint targets, rad; then how far each gripper closes, 0 open to 1 closed; then, where
 * the legs walk, the velocity command in the pelvis' heading frame, m/s and rad/s.
 */
export function actionNames(commandsLegs: boolean): readonly string[] {
  const base = [...COMMANDED_JOINTS, "left_gripper", "right_gripper"];
  return commandsLegs ? [...base, "vx", "vy", "yaw_rate"] : base;
}

/** Names of proprioception's numbers: angles, rad; speeds, rad/s; gripper openings as in actions; gravity in the pelvis frame. */
export const PROPRIOCEPTION_NAMES: readonly string[] = [
  ...COMMANDED_JOINTS,
  ...COMMANDED_JOINTS.map((joint) => `${joint}_speed`),
  "left_gripper",
  "right_gripper",
  "gravity_x",
  "gravity_y",
  "gravity_z",
];

/** Seconds between two actions of a VLA, and control steps in that time at 50 Hz. */
export const ACTION_TIMESTEP = 0.1;

/** How far one finger opens, m. */
export const FINGER_TRAVEL = 0.045;

/** Where action entries live in the robot's joint order. */
export interface EmbodimentIndex {
  readonly joints: Int32Array;
  /** Both fingers of the left hand, then of the right. */
  readonly fingers: Int32Array;
}

/** Throws `RangeError` for a robot without waist, arms and grippers of these names. */
export function indexEmbodiment(robot: RobotSpec): EmbodimentIndex {
  const order = new Map(robot.joints.map((joint, j) => [joint.name, j]));
  const at = (name: string): number => {
    const j = order.get(name);
    if (j === undefined) throw new RangeError(`The robot ${robot.name} has no joint "${name}".`);
    return j;
  };
  return {
    joints: Int32Array.from(COMMANDED_JOINTS, at),
    fingers: Int32Array.from(
      SIDES.flatMap((side) => [at(`${side}_gripper_outer_joint`), at(`${side}_gripper_inner_joint`)]),
    ),
  };
}
