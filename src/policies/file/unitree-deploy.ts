import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { errorMessage } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import { PolicyFileError, UndescribedPolicyError, UnsupportedPolicyError } from "./errors.ts";
import { byJoint, type ImportContext, numbers, type SpecDraft, termName } from "./foreign.ts";

const perValue = z.union([z.number(), z.array(z.number())]);
const range = z.tuple([z.number(), z.number()]);

const DeployTerm = z.looseObject({
  params: z
    .looseObject({
      period: z.number().positive().optional(),
      asset_cfg: z.looseObject({ joint_ids: z.array(z.int()).nullish() }).optional(),
    })
    .nullish(),
  clip: range.nullish(),
  scale: perValue.nullish(),
  history_length: z.int().nonnegative().optional(),
});

/** The file `deploy.yaml` that unitree_rl_lab and unitree_rl_mjlab write beside a policy. */
const Deploy = z.looseObject({
  joint_ids_map: z.array(z.int().nonnegative()).min(1),
  step_dt: z.number().positive(),
  stiffness: z.array(z.number()),
  damping: z.array(z.number()),
  default_joint_pos: z.array(z.number()),
  commands: z
    .looseObject({
      base_velocity: z.looseObject({ ranges: z.record(z.string(), range.nullable()) }).optional(),
    })
    .nullish(),
  actions: z.looseObject({
    JointPositionAction: z.looseObject({
      clip: z.array(range).nullish(),
      scale: perValue,
      offset: perValue.nullish(),
      joint_ids: z.array(z.int().nonnegative()).nullish(),
    }),
  }),
  observations: z.record(z.string(), z.union([z.boolean(), DeployTerm])),
});
type Deploy = z.infer<typeof Deploy>;

/** deploy.yaml's names: its joint_pos is absolute, which is not computed here. */
const TERM_NAMES: Readonly<Record<string, string>> = {
  base_ang_vel: "base_ang_vel",
  projected_gravity: "projected_gravity",
  velocity_commands: "velocity_command",
  joint_pos_rel: "joint_pos",
  joint_vel_rel: "joint_vel",
  last_action: "last_action",
  gait_phase: "gait_phase",
};

/**
 * Reads Unitree's `deploy.yaml`. Its joints are numbers: `joint_ids_map[i]` is the motor slot of the policy's joint i,
 * gains are listed by motor slot, the default pose by policy joint; the names come from the robot.
 * Throws `PolicyFileError` or one of its kin.
 */
export function fromUnitreeDeploy(text: string, context: ImportContext): SpecDraft {
  const deploy = parseDeploy(text);
  const { robot, joints } = resolveJoints(deploy, context.robots);
  const action = deploy.actions.JointPositionAction;
  const ids = action.joint_ids ?? joints.map((_, i) => i);
  const driven = ids.map((id) => at(joints, id, "actions.joint_ids"));
  const slots = ids.map((id) => at(deploy.joint_ids_map, id, "actions.joint_ids"));
  const pose = numbers(deploy.default_joint_pos, joints.length, "default_joint_pos");
  return {
    version: 1,
    name: context.name,
    robot: robot.name,
    jointNames: driven.map((joint) => joint.name),
    observedJoints: joints.map((joint) => joint.name),
    defaultJointPos: byJoint(
      joints.map((joint) => joint.name),
      pose,
    ),
    kp: slots.map((slot) => at(deploy.stiffness, slot, "stiffness")),
    kd: slots.map((slot) => at(deploy.damping, slot, "damping")),
    torqueLimit: driven.map((joint) => joint.torqueLimit),
    actionScale: numbers(action.scale, ids.length, "actions.scale"),
    ...(action.offset == null ? {} : { actionOffset: numbers(action.offset, ids.length, "actions.offset") }),
    ...(action.clip == null ? {} : { targetRange: action.clip }),
    controlTimestep: deploy.step_dt,
    observations: observations(
      deploy,
      joints.map((joint) => joint.name),
    ),
    commands: commands(deploy),
    recurrent: context.ports.recurrent,
    importedFrom: "Unitree deploy.yaml",
    assumptions: [`The file names no robot; its motor slots are read as those of ${robot.name}.`],
  };
}

function parseDeploy(text: string): Deploy {
  try {
    return Deploy.parse(parseYaml(text, { maxAliasCount: 100 }));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : errorMessage(cause);
    throw new PolicyFileError(
      `The deploy.yaml cannot be read: ${reason.replace(/\s+/g, " ")}.`,
      "Name the params/deploy.yaml that unitree_rl_lab wrote for this policy.",
      { cause },
    );
  }
}

/** The robot whose motors are numbered so, and its joints in the policy's order. */
function resolveJoints(
  deploy: Deploy,
  robots: readonly RobotSpec[],
): { robot: RobotSpec; joints: RobotSpec["joints"] } {
  const slots = deploy.joint_ids_map;
  for (const robot of robots) {
    const joints = slots.flatMap((slot) => robot.joints.filter((joint) => joint.motorSlot === slot));
    if (joints.length === slots.length && joints.length === robot.joints.length) return { robot, joints };
  }
  throw new UndescribedPolicyError(
    `The deploy.yaml lists ${slots.length} motors; no known robot has exactly those.`,
    `Name the robot it was trained for; known: ${robots.map((robot) => `${robot.name} (${robot.joints.length})`).join(", ")}.`,
  );
}

function observations(deploy: Deploy, joints: readonly string[]): Record<string, unknown>[] {
  const terms = Object.entries(deploy.observations).filter(([, term]) => typeof term === "object");
  const isInterleaved = deploy.observations.use_gym_history === true;
  return terms.map(([name, term]) => {
    if (typeof term !== "object") throw new TypeError("filtered above");
    const history = Math.max(1, term.history_length ?? 1);
    if (isInterleaved && history > 1)
      throw new UnsupportedPolicyError(
        "The policy's history is interleaved step by step (use_gym_history).",
        "Train it with use_gym_history: false.",
      );
    const ids = term.params?.asset_cfg?.joint_ids;
    const clip = symmetricBound(name, term);
    return {
      name: termName(name, TERM_NAMES),
      ...(term.scale == null ? {} : { scale: simplest(term.scale) }),
      ...(clip === undefined ? {} : { clip }),
      ...(ids == null ? {} : { joints: ids.map((id) => at(joints, id, `observations.${name}.joint_ids`)) }),
      ...(name === "gait_phase" ? { period: term.params?.period, standThreshold: 0 } : {}),
      history,
    };
  });
}

/** One number where all are equal. */
function simplest(scale: number | number[]): number | number[] {
  return Array.isArray(scale) && scale.every((value) => value === scale[0]) ? scale[0] : scale;
}

/** deploy.yaml clips raw values to a range; we clip scaled ones to a magnitude. */
function symmetricBound(name: string, { clip, scale }: z.infer<typeof DeployTerm>): number | undefined {
  if (clip == null) return undefined;
  const factor = scale == null ? 1 : simplest(scale);
  if (clip[0] === -clip[1] && typeof factor === "number") return clip[1] * Math.abs(factor);
  throw new UnsupportedPolicyError(
    `The observation "${name}" is clipped to ${clip[0]} ... ${clip[1]} before it is scaled.`,
    "Train it with a symmetric clip and one scale, or no clip.",
  );
}

const COMMANDS: Readonly<Record<string, string>> = { lin_vel_x: "vx", lin_vel_y: "vy", ang_vel_z: "yawRate" };

function commands(deploy: Deploy): { name: string; low: number; high: number }[] {
  const ranges = deploy.commands?.base_velocity?.ranges ?? {};
  return Object.entries(ranges).flatMap(([key, pair]) =>
    pair !== null && Object.hasOwn(COMMANDS, key)
      ? [{ name: COMMANDS[key], low: pair[0], high: pair[1] }]
      : [],
  );
}

function at<T>(values: readonly T[], index: number, what: string): T {
  const value = values[index];
  if (value !== undefined) return value;
  throw new PolicyFileError(
    `The deploy.yaml's ${what} has no entry ${index}.`,
    "Name the file that belongs to this policy.",
  );
}
