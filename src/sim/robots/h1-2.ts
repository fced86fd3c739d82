import { bothSides, type JointRow, joint } from "./joint-table.ts";
import type { JointSpec, RobotSpec } from "./robot.ts";

// Torque, speed, range: Unitree's model files. Gains and default pose: ALMI's deployment configuration.
const legs = (knee: readonly [number, number]): JointRow[] =>
  bothSides([
    ["hip_yaw", "yaw", -0.43, 0.43, 200, 23, 200, 2.5, 0],
    ["hip_pitch", "pitch", -3.14, 2.5, 200, 23, 200, 2.5, -0.4],
    ["hip_roll", "roll", -0.43, 3.14, 200, 23, 200, 2.5, 0],
    ["knee", "pitch", ...knee, 300, 14, 300, 4, 0.8],
    ["ankle_pitch", "pitch", -0.897334, 0.523598, 60, 9, 40, 2, -0.4],
    ["ankle_roll", "roll", -0.261799, 0.261799, 40, 9, 40, 2, 0],
  ]);

const torso: JointRow = ["torso", "yaw", -2.35, 2.35, 200, 23, 300, 3, 0];

const upperArm: readonly JointRow[] = [
  ["shoulder_pitch", "pitch", -3.14, 1.57, 40, 9, 120, 2, 0.4],
  ["shoulder_roll", "roll", -0.38, 3.4, 40, 9, 120, 2, 0.2],
  ["shoulder_yaw", "yaw", -2.66, 3.01, 18, 20, 120, 2, 0],
];

const elbow = (name: string): JointRow => [name, "pitch", -0.95, 3.18, 18, 20, 80, 1, 0.3];

const wrist: readonly JointRow[] = [
  ["wrist_roll", "roll", -3.01, 2.75, 19, 31.4, 80, 1, 0],
  ["wrist_pitch", "pitch", -0.4625, 0.4625, 19, 31.4, 80, 1, 0],
  ["wrist_yaw", "yaw", -1.27, 1.27, 19, 31.4, 80, 1, 0],
];

const body = {
  baseBody: "pelvis",
  standingHeight: 0.9650487952,
  footBodies: ["left_ankle_roll_link", "right_ankle_roll_link"],
  kneeBodies: ["left_knee_link", "right_knee_link"],
  imuSite: "imu",
  hardware: { messages: "unitree_hg", slots: 35 },
} as const;

const groupOf = ([name]: JointRow) =>
  /hip|knee|ankle/.test(name) ? "lower" : name.includes("wrist") ? "wrist" : "upper";

/** H1-2 with locked wrists and hands, 21 joints: the robot of the ALMI policies, and our default. */
export const h12: RobotSpec = {
  name: "h1_2",
  title: "Unitree H1-2, 21 joints (wrists locked)",
  model: "robots/h1_2/h1_2_21dof.xml",
  ...body,
  // Slots 17 to 19 and 24 to 26 are the wrists'.
  joints: [...legs([-0.26, 2.05]), torso, ...bothSides([...upperArm, elbow("elbow_pitch")])].map((row, i) =>
    joint(row, groupOf(row), i < 17 ? i : i + 3),
  ),
};

/** H1-2 as the hardware has it, 27 joints, without hands. */
export const h12Full: RobotSpec = {
  name: "h1_2_27dof",
  title: "Unitree H1-2, 27 joints",
  model: "robots/h1_2/h1_2.xml",
  ...body,
  joints: [...legs([-0.12, 2.19]), torso, ...bothSides([...upperArm, elbow("elbow"), ...wrist])].map(
    (row, slot) => joint(row, groupOf(row), slot),
  ),
};

const finger = (name: string, i: number): JointSpec => ({
  name: `${name}_joint`,
  group: "wrist",
  range: [0, 0.045],
  torqueLimit: 40,
  velocityLimit: 0.5,
  kp: 800,
  kd: 20,
  default: 0.045,
  mirrorSign: 1,
  motorSlot: 27 + i,
});

/**
 * H1-2 with locked wrists and a parallel gripper of our own design on each: the 21 joints of `h12` and four fingers.
 * A finger is a slide, so its numbers are in m, N, N/m and N·s/m; the slots that it takes are free on the hardware.
 */
export const h12Grippers: RobotSpec = {
  ...h12,
  name: "h1_2_grippers",
  title: "Unitree H1-2, 21 joints (wrists locked), a gripper on each arm",
  model: "robots/h1_2/h1_2_grippers.xml",
  joints: [
    ...h12.joints,
    ...["left_gripper_outer", "left_gripper_inner", "right_gripper_outer", "right_gripper_inner"].map(finger),
  ],
};
