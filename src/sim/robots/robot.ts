import { UnknownNameError } from "../../common/index.ts";

/** Which half of the body a joint belongs to: ALMI trains `lower` and `upper` against each other; `wrist` joints follow targets. */
export type JointGroup = "lower" | "upper" | "wrist";

/** One actuated hinge as the robot's maker describes it. */
export interface JointSpec {
  readonly name: string;
  readonly group: JointGroup;
  /** Position range, rad. */
  readonly range: readonly [number, number];
  /** Greatest torque, N·m. */
  readonly torqueLimit: number;
  /** Greatest speed, rad/s. */
  readonly velocityLimit: number;
  /** Stiffness, N·m/rad, and damping, N·m·s/rad, of the motor's own PD loop. */
  readonly kp: number;
  readonly kd: number;
  /** Angle in the default pose, rad. */
  readonly default: number;
  /** What the angle is multiplied by when left and right change places: 1 for pitch, -1 for roll and yaw. */
  readonly mirrorSign: 1 | -1;
  /** Index of the motor in the robot's low-level messages. */
  readonly motorSlot: number;
}

/** Everything about a robot that its MJCF does not say, in one declared joint order. */
export interface RobotSpec {
  readonly name: string;
  readonly title: string;
  /** MJCF path: of a shipped robot below the assets folder, of a user's robot below its own folder. */
  readonly model: string;
  /** Actuated joints; this order is the robot's order everywhere but in the motor slots. */
  readonly joints: readonly JointSpec[];
  /** Root body, which carries the free joint. */
  readonly baseBody: string;
  /** Pelvis height in the default pose with flat soles on the ground, m. */
  readonly standingHeight: number;
  /** Foot bodies, left then right: their frames are the ankles' frames. */
  readonly footBodies: readonly [string, string];
  readonly kneeBodies: readonly [string, string];
  /** Where the IMU sits, if the model says; both Unitree humanoids carry it in the torso. */
  readonly imuSite?: string;
  /**
   * Set where the base is bolted to the world instead of floating: joints of the model, the base's free joint among
   * them, that are taken out, and the angles at which they stay, rad.
   */
  readonly fixedBase?: { readonly frozenJoints: Readonly<Record<string, number>> };
  /** Which message family the hardware speaks and how many motor slots it has; absent where we speak to none. */
  readonly hardware?: { readonly messages: "unitree_go" | "unitree_hg"; readonly slots: number };
}

/** Position of each named joint in the robot's order. */
export function jointIndices(robot: RobotSpec, names: readonly string[]): Int32Array {
  const order = robot.joints.map((joint) => joint.name);
  return Int32Array.from(names, (name) => {
    const index = order.indexOf(name);
    if (index < 0) throw new UnknownNameError(`joint of ${robot.name}`, name, order);
    return index;
  });
}

/** Names of a group's joints in the robot's order. */
export function jointNames(robot: RobotSpec, ...groups: readonly JointGroup[]): string[] {
  return robot.joints
    .filter((joint) => groups.length === 0 || groups.includes(joint.group))
    .map((joint) => joint.name);
}

/** The robot under the names that it has in a model which puts `prefix` before each. */
export function withPrefix(robot: RobotSpec, prefix: string): RobotSpec {
  if (prefix === "") return robot;
  const pair = ([left, right]: readonly [string, string]) => [prefix + left, prefix + right] as const;
  return {
    ...robot,
    joints: robot.joints.map((joint) => ({ ...joint, name: prefix + joint.name })),
    baseBody: prefix + robot.baseBody,
    footBodies: pair(robot.footBodies),
    kneeBodies: pair(robot.kneeBodies),
    ...(robot.imuSite === undefined ? {} : { imuSite: prefix + robot.imuSite }),
  };
}

/** The robot with its base bolted to the world and its legs rigid in the default pose: cheaper, and it cannot fall. */
export function withFixedBase(robot: RobotSpec, baseJoint: string): RobotSpec {
  const legs = robot.joints.filter(({ group }) => group === "lower");
  return {
    ...robot,
    name: `${robot.name}_fixed`,
    title: `${robot.title}, bolted down`,
    joints: robot.joints.filter(({ group }) => group !== "lower"),
    fixedBase: {
      frozenJoints: { [baseJoint]: 0, ...Object.fromEntries(legs.map((leg) => [leg.name, leg.default])) },
    },
  };
}
