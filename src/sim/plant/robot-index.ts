import { UsageError } from "../../common/index.ts";
import { JOINT_TYPE, type Model } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";

/** Where one robot lives in a compiled model's arrays: names looked up once. */
export interface RobotIndex {
  /** Per joint in the robot's order: position and velocity address, and actuator. */
  readonly qpos: Int32Array;
  readonly dof: Int32Array;
  readonly actuator: Int32Array;
  /** Address of the floating base in qpos (7 numbers) and in qvel (6); -1 where the base is fixed. */
  readonly baseQpos: number;
  readonly baseDof: number;
  readonly base: number;
  readonly feet: readonly [number, number];
  readonly knees: readonly [number, number];
  /** All bodies of the robot, the base first. */
  readonly bodies: Int32Array;
}

/** Looks a robot up in a model. Throws `UnknownNameError` for a joint or body that is missing. */
export function indexRobot(model: Model, robot: RobotSpec): RobotIndex {
  const { jnt_qposadr, jnt_dofadr, jnt_type, body_jntadr, body_rootid } = model.views;
  const joints = robot.joints.map((joint) => model.index("joint", joint.name));
  const base = model.index("body", robot.baseBody);
  const floating = body_jntadr[base];
  const isFixed = robot.fixedBase !== undefined;
  if (!isFixed && (floating < 0 || jnt_type[floating] !== JOINT_TYPE.free)) {
    throw new UsageError(
      `The body "${robot.baseBody}" has no free joint.`,
      "A robot's base must float; add <freejoint/>.",
    );
  }
  const pair = (names: readonly [string, string]) =>
    [model.index("body", names[0]), model.index("body", names[1])] as const;
  return {
    qpos: Int32Array.from(joints, (joint) => jnt_qposadr[joint]),
    dof: Int32Array.from(joints, (joint) => jnt_dofadr[joint]),
    actuator: actuatorsOf(model, joints),
    baseQpos: isFixed ? -1 : jnt_qposadr[floating],
    baseDof: isFixed ? -1 : jnt_dofadr[floating],
    base,
    feet: pair(robot.footBodies),
    knees: pair(robot.kneeBodies),
    bodies: Int32Array.from(body_rootid.keys()).filter((body) => body_rootid[body] === body_rootid[base]),
  };
}

function actuatorsOf(model: Model, joints: readonly number[]): Int32Array {
  const { actuator_trnid, actuator_trntype } = model.views;
  const names = model.names("joint");
  return Int32Array.from(joints, (joint) => {
    for (let i = 0; i < model.sizes.nu; i++)
      if (actuator_trntype[i] === 0 && actuator_trnid[2 * i] === joint) return i;
    throw new UsageError(
      `The joint "${names[joint]}" has no actuator in ${model.label}.`,
      "Add <motor joint=.../> to the model.",
    );
  });
}
