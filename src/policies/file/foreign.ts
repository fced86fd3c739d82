import { jointIndices, type RobotSpec } from "../../sim/index.ts";
import type { PolicySpec } from "../spec.ts";
import { PolicyFileError, UndescribedPolicyError, UnsupportedPolicyError } from "./errors.ts";
import type { PolicyPorts } from "./ports.ts";

/** A spec before its defaults are filled in, as imports write it. */
export type SpecDraft = Parameters<typeof PolicySpec.parse>[0] & Record<string, unknown>;

/** What an import may lean on besides the file. */
export interface ImportContext {
  readonly ports: PolicyPorts;
  /** Robots that it may be for; the first that has all joints is taken, one with exactly those joints before others. */
  readonly robots: readonly RobotSpec[];
  /** Name for the policy, where the file has none. */
  readonly name: string;
}

/** The robot that has all these joints. Throws `UndescribedPolicyError` where none does. */
export function robotWithJoints(robots: readonly RobotSpec[], joints: readonly string[]): RobotSpec {
  const having = robots.filter((robot) =>
    joints.every((name) => robot.joints.some((joint) => joint.name === name)),
  );
  const robot = having.find((candidate) => candidate.joints.length === joints.length) ?? having[0];
  if (robot !== undefined) return robot;
  const closest = robots.map((candidate) => ({ candidate, missing: missingJoints(candidate, joints) }));
  closest.sort((a, b) => a.missing.length - b.missing.length);
  const best = closest[0];
  throw new UndescribedPolicyError(
    best === undefined
      ? "No robot is known that the policy could be for."
      : `The policy drives joints that no known robot has; ${best.candidate.name} lacks ${list(best.missing)}.`,
    "Name the robot it was trained for, or import that robot first.",
  );
}

/** The robot's torque limits for these joints, N·m. */
export function torqueLimits(robot: RobotSpec, joints: readonly string[]): number[] {
  return Array.from(jointIndices(robot, joints), (index) => robot.joints[index].torqueLimit);
}

/** Names of observation terms elsewhere, and what they are here. */
const TERM_NAMES: Readonly<Record<string, string>> = {
  base_lin_vel: "base_lin_vel",
  base_ang_vel: "base_ang_vel",
  projected_gravity: "projected_gravity",
  command: "velocity_command",
  velocity_command: "velocity_command",
  velocity_commands: "velocity_command",
  joint_pos: "joint_pos",
  joint_pos_rel: "joint_pos",
  dof_pos: "joint_pos",
  joint_vel: "joint_vel",
  joint_vel_rel: "joint_vel",
  dof_vel: "joint_vel",
  actions: "last_action",
  last_action: "last_action",
  gait_phase: "gait_phase",
};

/** Our name of a foreign observation term. Throws `UnsupportedPolicyError` for one that we cannot compute. */
export function termName(name: string, names: Readonly<Record<string, string>> = TERM_NAMES): string {
  if (Object.hasOwn(names, name)) return names[name];
  throw new UnsupportedPolicyError(
    `The policy observes "${name}", which cannot be computed here.`,
    `Terms that can: ${Object.keys(names).join(", ")}.`,
  );
}

/** A list of exactly so many finite numbers, or a single one for all. Throws `PolicyFileError`. */
export function numbers(value: unknown, count: number, what: string): number[] {
  const values = Array.isArray(value) ? value : [value];
  const all = values.length === 1 && count > 1 ? Array.from({ length: count }, () => values[0]) : values;
  if (all.length === count && all.every((x) => typeof x === "number" && Number.isFinite(x)))
    return all as number[];
  throw new PolicyFileError(
    `The file's ${what} has ${values.length} values where ${count} finite numbers belong.`,
    "Export the policy again from the run that made it.",
  );
}

/** Gives each joint its value. */
export function byJoint(joints: readonly string[], values: readonly number[]): Record<string, number> {
  return Object.fromEntries(joints.map((name, i) => [name, values[i]]));
}

function missingJoints(robot: RobotSpec, joints: readonly string[]): string[] {
  return joints.filter((name) => robot.joints.every((joint) => joint.name !== name));
}

function list(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
