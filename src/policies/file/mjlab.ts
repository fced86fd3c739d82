import type { PolicySpec } from "../spec.ts";
import { PolicyFileError } from "./errors.ts";
import {
  byJoint,
  type ImportContext,
  numbers,
  robotWithJoints,
  type SpecDraft,
  termName,
  torqueLimits,
} from "./foreign.ts";

/** Metadata keys that mjlab and Isaac Lab exports carry, values joined by commas. */
export const MJLAB_KEYS = [
  "joint_names",
  "joint_stiffness",
  "joint_damping",
  "default_joint_pos",
  "action_scale",
  "observation_names",
  "command_names",
  "run_path",
] as const;

/** mjlab's own velocity tasks: 0.005 s times 4. */
const CONTROL_TIMESTEP = 0.02;

/** Whether an ONNX file's metadata are mjlab's. */
export function isMjlab(metadata: ReadonlyMap<string, string>): boolean {
  return metadata.has("joint_names") && metadata.has("observation_names");
}

/** A policy's description in mjlab's keys, for other people's tools; numbers in full precision. */
export function toMjlabMetadata(spec: PolicySpec): Record<string, string> {
  const scale = Array.isArray(spec.actionScale) ? spec.actionScale : [spec.actionScale];
  return {
    joint_names: spec.jointNames.join(","),
    joint_stiffness: spec.kp.join(","),
    joint_damping: spec.kd.join(","),
    default_joint_pos: spec.jointNames.map((name) => spec.defaultJointPos[name]).join(","),
    action_scale: scale.join(","),
    observation_names: spec.observations.map((term) => term.name).join(","),
    command_names: spec.commands.map((command) => command.name).join(","),
    run_path: spec.provenance?.command ?? spec.name,
  };
}

/**
 * Reads mjlab's metadata. They name neither the robot (found by its joints) nor the control timestep nor the
 * command ranges, and round gains to three decimals: what is filled in is listed under `assumptions`.
 * Throws `PolicyFileError` or one of its kin.
 */
export function fromMjlabMetadata(metadata: ReadonlyMap<string, string>, context: ImportContext): SpecDraft {
  const jointNames = texts(metadata, "joint_names");
  const robot = robotWithJoints(context.robots, jointNames);
  const count = jointNames.length;
  const pose = numbers(values(metadata, "default_joint_pos"), count, "default_joint_pos");
  return {
    version: 1,
    name: metadata.get("run_path") || context.name,
    robot: robot.name,
    jointNames,
    observedJoints: jointNames,
    defaultJointPos: byJoint(jointNames, pose),
    kp: numbers(values(metadata, "joint_stiffness"), count, "joint_stiffness"),
    kd: numbers(values(metadata, "joint_damping"), count, "joint_damping"),
    torqueLimit: torqueLimits(robot, jointNames),
    actionScale: numbers(values(metadata, "action_scale"), count, "action_scale"),
    controlTimestep: CONTROL_TIMESTEP,
    observations: observations(metadata),
    commands: [],
    recurrent: context.ports.recurrent,
    importedFrom: "mjlab",
    assumptions: [
      `The file names no robot; its joints are those of ${robot.name}, whose torque limits are used.`,
      `The file does not say the control timestep; mjlab's usual ${CONTROL_TIMESTEP} s is used.`,
      "The file does not say the command ranges.",
      "Gains, default pose and action scale may be rounded to three decimals.",
    ],
  };
}

function observations(metadata: ReadonlyMap<string, string>): Record<string, unknown>[] {
  const names = texts(metadata, "observation_names");
  const scales = perTerm(metadata, "observation_terms_scale", names.length);
  const histories = perTerm(metadata, "observation_terms_history_length", names.length);
  const clips = perTerm(metadata, "observation_terms_clip", names.length);
  return names.map((name, i) => {
    const scale = scales?.[i];
    const clip = clips === undefined ? undefined : symmetricBound(name, clips[i], scale);
    return {
      name: termName(name),
      ...(scale === undefined ? {} : { scale: scale.length === 1 ? scale[0] : scale }),
      ...(histories === undefined ? {} : { history: Math.max(1, histories[i][0]) }),
      ...(clip === undefined ? {} : { clip }),
    };
  });
}

/** One entry a term, each a number or several joined by semicolons; undefined where the file lacks the key. */
function perTerm(metadata: ReadonlyMap<string, string>, key: string, count: number): number[][] | undefined {
  if (!metadata.has(key)) return undefined;
  const entries = texts(metadata, key).map((entry) => entry.split(";").map(toNumber));
  if (entries.length === count && entries.flat().every((value) => !Number.isNaN(value))) return entries;
  throw new PolicyFileError(
    `The file's ${key} has ${entries.length} entries for ${count} observation terms.`,
    "Export the policy again from the run that made it.",
  );
}

/** mjlab clips raw values to [low, high]; we clip scaled ones to a magnitude. */
function symmetricBound(
  name: string,
  [low, high]: number[],
  scale: number[] | undefined,
): number | undefined {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return undefined;
  const [factor = 1] = scale ?? [];
  if (low === -high && (scale ?? []).every((value) => value === factor)) return high * Math.abs(factor);
  throw new PolicyFileError(
    `The observation "${name}" is clipped to ${low} ... ${high}, which is not symmetric.`,
    "Train it with a symmetric clip, or none.",
  );
}

function texts(metadata: ReadonlyMap<string, string>, key: string): string[] {
  const text = metadata.get(key);
  if (text === undefined || text.trim() === "")
    throw new PolicyFileError(`The file's metadata lack ${key}.`, "Export the policy again with mjlab.");
  return text.split(",").map((entry) => entry.trim());
}

function values(metadata: ReadonlyMap<string, string>, key: string): number[] {
  return texts(metadata, key).map(Number);
}

/** Python writes infinity as `inf` and truth as `True`. */
function toNumber(text: string): number {
  if (text === "inf") return Number.POSITIVE_INFINITY;
  return text === "-inf" ? Number.NEGATIVE_INFINITY : Number(text);
}
