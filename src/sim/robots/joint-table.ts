import type { JointGroup, JointSpec } from "./robot.ts";

/** A joint as a table row; angles in rad, torque in N·m, speed in rad/s, gains in N·m/rad and N·m·s/rad. */
export type JointRow = readonly [
  name: string,
  axis: "roll" | "pitch" | "yaw",
  low: number,
  high: number,
  torqueLimit: number,
  velocityLimit: number,
  kp: number,
  kd: number,
  defaultAngle: number,
];

/** A row as a joint: roll and yaw change sign in the mirror, pitch does not. */
export function joint(row: JointRow, group: JointGroup, motorSlot: number): JointSpec {
  const [name, axis, low, high, torqueLimit, velocityLimit, kp, kd, defaultAngle] = row;
  const mirrorSign = axis === "pitch" ? 1 : -1;
  return {
    name: `${name}_joint`,
    group,
    range: [low, high],
    torqueLimit,
    velocityLimit,
    kp,
    kd,
    default: defaultAngle,
    mirrorSign,
    motorSlot,
  };
}

/** The left side's rows and after them their mirror images on the right. */
export function bothSides(left: readonly JointRow[]): JointRow[] {
  return [
    ...left.map((row) => onSide("left", row)),
    ...left.map(([name, axis, low, high, torque, speed, kp, kd, angle]): JointRow => {
      const mirrored: JointRow =
        axis === "pitch"
          ? [name, axis, low, high, torque, speed, kp, kd, angle]
          : [name, axis, negated(high), negated(low), torque, speed, kp, kd, negated(angle)];
      return onSide("right", mirrored);
    }),
  ];
}

function onSide(side: string, [name, ...rest]: JointRow): JointRow {
  return [`${side}_${name}`, ...rest];
}

/** Without the negative zero, which would survive into files and comparisons. */
const negated = (x: number): number => (x === 0 ? 0 : -x);
