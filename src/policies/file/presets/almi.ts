import { type JointColumns, jointFields, type PolicyPreset, sides, velocityRanges } from "./preset.ts";

// Observations, gains and pose of ALMI's training configuration and deployment script.
const legs = sides([
  ["hip_yaw", 0, 200, 2.5, 200],
  ["hip_pitch", -0.4, 200, 2.5, 200],
  ["hip_roll", 0, 200, 2.5, 200],
  ["knee", 0.8, 300, 4, 300],
  ["ankle_pitch", -0.4, 40, 2, 60],
  ["ankle_roll", 0, 40, 2, 40],
]);

const torso: JointColumns = ["torso", 0, 300, 3, 200];

const upper = [
  torso,
  ...sides([
    ["shoulder_pitch", 0.4, 120, 2, 40],
    ["shoulder_roll", 0.2, 120, 2, 40],
    ["shoulder_yaw", 0, 120, 2, 18],
    ["elbow_pitch", 0.3, 80, 1, 18],
  ]),
];

const body = [...legs, ...upper];

const gait = { period: 0.8, standThreshold: 0.1 };

const imu = [
  { name: "base_ang_vel", scale: 0.25, clip: 100, noise: 0.05 },
  { name: "projected_gravity", clip: 100, noise: 0.05 },
];

const joints = [
  { name: "joint_pos", clip: 100, noise: 0.01 },
  { name: "joint_vel", scale: 0.05, clip: 100, noise: 0.075 },
  { name: "last_action", clip: 100 },
  { name: "gait_phase_feet", clip: 100, ...gait },
];

const common = {
  version: 1,
  robot: "h1_2",
  actionScale: 0.25,
  actionClip: 100,
  controlTimestep: 0.02,
  ...velocityRanges(0.7, 0.3, 0.5),
};

/** ALMI's legs: 65 observations, 12 actions. */
export const almiLower: PolicyPreset = {
  name: "almi-h1-2-lower",
  title: "ALMI lower body for the H1-2",
  observationSize: 65,
  actionSize: 12,
  spec: {
    ...common,
    name: "ALMI lower body",
    ...jointFields(legs, body),
    observations: [...imu, { name: "velocity_command", scale: [2, 2, 0.25], clip: 100 }, ...joints],
  },
};

/** ALMI's waist and arms: 68 observations, 9 actions. */
export const almiUpper: PolicyPreset = {
  name: "almi-h1-2-upper",
  title: "ALMI upper body for the H1-2",
  observationSize: 68,
  actionSize: 9,
  spec: {
    ...common,
    name: "ALMI upper body",
    ...jointFields(upper, body),
    observations: [
      ...imu,
      { name: "joint_reference", joints: upper.map(([name]) => `${name}_joint`), clip: 100 },
      ...joints,
    ],
  },
};
