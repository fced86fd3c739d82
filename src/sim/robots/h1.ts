import { bothSides, type JointRow, joint } from "./joint-table.ts";
import type { RobotSpec } from "./robot.ts";

// Torque, speed, range: Unitree's model files. Gains and default pose: unitree_rl_gym's deployment configuration.
const rows: readonly JointRow[] = [
  ...bothSides([
    ["hip_yaw", "yaw", -0.43, 0.43, 200, 23, 150, 2, 0],
    ["hip_roll", "roll", -0.43, 0.43, 200, 23, 150, 2, 0],
    ["hip_pitch", "pitch", -3.14, 2.53, 200, 23, 150, 2, -0.1],
    ["knee", "pitch", -0.26, 2.05, 300, 14, 200, 4, 0.3],
    ["ankle", "pitch", -0.87, 0.52, 40, 9, 40, 2, -0.2],
  ]),
  ["torso", "yaw", -2.35, 2.35, 200, 23, 300, 3, 0],
  ...bothSides([
    ["shoulder_pitch", "pitch", -2.87, 2.87, 40, 9, 100, 2, 0],
    ["shoulder_roll", "roll", -0.34, 3.11, 40, 9, 100, 2, 0],
    ["shoulder_yaw", "yaw", -1.3, 4.45, 18, 20, 50, 2, 0],
    ["elbow", "pitch", -1.25, 2.61, 18, 20, 50, 2, 0],
  ]),
];

/** Motor slot of each joint; slot 9 drives nothing. */
const SLOTS = [7, 3, 4, 5, 10, 8, 0, 1, 2, 11, 6, 16, 17, 18, 19, 12, 13, 14, 15] as const;

/** H1, 19 joints. */
export const h1: RobotSpec = {
  name: "h1",
  title: "Unitree H1, 19 joints",
  model: "robots/h1/h1.xml",
  baseBody: "pelvis",
  standingHeight: 1.0342282972,
  footBodies: ["left_ankle_link", "right_ankle_link"],
  kneeBodies: ["left_knee_link", "right_knee_link"],
  imuSite: "imu",
  hardware: { messages: "unitree_go", slots: 20 },
  joints: rows.map((row, i) => joint(row, /hip|knee|ankle/.test(row[0]) ? "lower" : "upper", SLOTS[i])),
};
