import { type JointColumns, jointFields, type PolicyPreset, sides, velocityRanges } from "./preset.ts";

// Facts of unitree_rl_gym's deployment configuration. Its gait clock runs on while the command is zero.
const h1Legs = sides([
  ["hip_yaw", 0, 150, 2, 200],
  ["hip_roll", 0, 150, 2, 200],
  ["hip_pitch", -0.1, 150, 2, 200],
  ["knee", 0.3, 200, 4, 300],
  ["ankle", -0.2, 40, 2, 40],
]);

const h12Legs = sides([
  ["hip_yaw", 0, 200, 2.5, 200],
  ["hip_pitch", -0.16, 200, 2.5, 200],
  ["hip_roll", 0, 200, 2.5, 200],
  ["knee", 0.36, 300, 4, 300],
  ["ankle_pitch", -0.2, 40, 2, 60],
  ["ankle_roll", 0, 40, 2, 40],
]);

/** Unitree's walking policy for the H1: 41 observations, 10 actions. */
export const unitreeH1: PolicyPreset = walking("unitree-h1-walk", "h1", "H1", h1Legs);

/** Unitree's walking policy for the H1-2: 47 observations, 12 actions. */
export const unitreeH12: PolicyPreset = walking("unitree-h1-2-walk", "h1_2", "H1-2", h12Legs);

function walking(name: string, robot: string, title: string, legs: readonly JointColumns[]): PolicyPreset {
  return {
    name,
    title: `unitree_rl_gym walking policy for the ${title}`,
    observationSize: 11 + 3 * legs.length,
    actionSize: legs.length,
    spec: {
      version: 1,
      name: `Unitree ${title} walk`,
      robot,
      ...jointFields(legs, legs),
      actionScale: 0.25,
      controlTimestep: 0.02,
      observations: [
        { name: "base_ang_vel", scale: 0.25 },
        { name: "projected_gravity" },
        { name: "velocity_command", scale: [2, 2, 0.25] },
        { name: "joint_pos" },
        { name: "joint_vel", scale: 0.05 },
        { name: "last_action" },
        { name: "gait_phase", period: 0.8, standThreshold: 0 },
      ],
      ...velocityRanges(0.8, 0.5, 1.57),
    },
  };
}
