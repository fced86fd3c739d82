import type { ObservationTerm } from "../../sim/index.ts";

type Term = Pick<ObservationTerm, "name"> & Partial<ObservationTerm>;

const proprioception: readonly Term[] = [
  { name: "joint_pos", noise: 0.01 },
  { name: "joint_vel", scale: 0.05, noise: 0.075 },
  { name: "last_action" },
  { name: "gait_phase_feet" },
];
const imu: readonly Term[] = [
  { name: "base_ang_vel", scale: 0.25, noise: 0.05 },
  { name: "projected_gravity", noise: 0.05 },
];
const command: Term = { name: "velocity_command", scale: [2, 2, 0.25] };

/** ALMI's lower body: 65 values on the H1-2. Noise is in scaled units, as the paper's code adds it. */
export const LOWER_OBSERVATION: readonly Term[] = [...imu, command, ...proprioception];

/** ALMI's upper body: 68 values on the H1-2; the reference of the upper joints stands where the command stood. */
export const upperObservation = (upperJoints: readonly string[]): Term[] => [
  ...imu,
  { name: "joint_reference", joints: [...upperJoints] },
  ...proprioception,
];

/** One network for the whole body: 83 values on the H1-2; the reference of the upper joints stands before the command. */
export const wholeObservation = (upperJoints: readonly string[]): Term[] => [
  ...imu,
  { name: "joint_reference", joints: [...upperJoints] },
  command,
  ...proprioception,
];

/** What the critic sees besides: the true base velocity, before all else. */
export const CRITIC_PRIVILEGE: readonly Term[] = [{ name: "base_lin_vel", scale: 2 }];

/**
 * What it sees besides where rewards are of the mean over half a stride, of heights and of feet: a critic that cannot see what
 * is rewarded, or how the robot differs, takes it for luck or for skill. Not part of ALMI. The first `TOLD` are what the actor's memory learns to tell.
 */
export const WIDER_PRIVILEGE: readonly Term[] = [
  ...CRITIC_PRIVILEGE,
  { name: "travel", scale: 2 },
  { name: "base_height" },
  { name: "feet_force", scale: 1 / 700 },
  { name: "randomization", scale: [1 / 5, 1 / 3, 20, 20, 20, 1, 50] },
];

/** Velocity of the moment and over half a stride. */
export const TOLD = 6;
