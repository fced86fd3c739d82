import { errorMessage } from "../../common/index.ts";
import { readMetadata } from "../../learn/index.ts";
import { type JointSpec, OBSERVATION_TERMS, type RobotSpec } from "../../sim/index.ts";
import type { PolicySpec, RecurrentState } from "../spec.ts";
import { observationLayout } from "./layout.ts";
import { MJLAB_KEYS, toMjlabMetadata } from "./mjlab.ts";
import type { PolicyFile } from "./policy-file.ts";
import { robotFamily } from "./presets/preset.ts";

/** Something about a policy and a robot that does not fit. With an "error" the policy cannot run on the robot. */
export interface Finding {
  readonly severity: "error" | "warning" | "note";
  /** Stable, for programs. */
  readonly code: string;
  readonly text: string;
  readonly remedy: string;
}

/** Relative difference of gains that is worth a note. */
const GAIN_TOLERANCE = 0.01;

/** Compares a policy with itself and with a robot; errors first. An empty list means that all is well. */
export function lintPolicy(file: PolicyFile, robot: RobotSpec): readonly Finding[] {
  const checks = [
    lintRobot,
    lintJoints,
    lintShapes,
    lintWeights,
    lintPose,
    lintGains,
    lintOrder,
    lintRounding,
  ];
  const findings = checks.flatMap((check) => [...check(file, robot)]);
  const origin = [...lintObservability(file), ...lintOrigin(file)];
  const rank = { error: 0, warning: 1, note: 2 };
  return [...findings, ...origin].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

type Findings = Generator<Finding>;

function* lintRobot({ spec }: PolicyFile, robot: RobotSpec): Findings {
  if (robotFamily(spec.robot) === robotFamily(robot.name)) return;
  yield error(
    "WRONG_ROBOT",
    `The policy "${spec.name}" was trained for ${spec.robot}, not for ${robot.name}.`,
    `Use it with --robot ${spec.robot}, or name a policy for ${robot.name}.`,
  );
}

function* lintJoints({ spec }: PolicyFile, robot: RobotSpec): Findings {
  const joints = jointsByName(robot);
  const observed = spec.observations.flatMap((term) => term.joints ?? []);
  const named = new Set([...spec.jointNames, ...spec.observedJoints, ...observed]);
  const missing = [...named].filter((name) => !joints.has(name));
  if (missing.length === 0) return;
  yield error(
    "UNKNOWN_JOINT",
    `The policy uses ${count(missing.length, "joint")} that ${robot.name} does not have: ${list(missing)}.`,
    `${robot.name} has: ${list([...joints.keys()])}.`,
  );
}

function* lintShapes(file: PolicyFile): Findings {
  const { spec, ports } = file;
  const size = layoutSize(spec);
  if (typeof size === "string") yield error("BAD_OBSERVATION", size, "Correct the observation terms.");
  else if (ports.observationSize !== undefined && size !== ports.observationSize)
    yield error(
      "OBSERVATION_SIZE",
      `The observation terms give ${size} values, but the network takes ${ports.observationSize}.`,
      "Compare terms, joints and histories with those of the training run.",
    );
  if (ports.actionSize !== undefined && ports.actionSize !== spec.jointNames.length)
    yield error(
      "ACTION_SIZE",
      `The policy drives ${spec.jointNames.length} joints, but the network returns ${ports.actionSize} actions.`,
      "Compare the joint names with those of the training run.",
    );
  if (describeState(spec.recurrent) !== describeState(ports.recurrent))
    yield error(
      "RECURRENT_STATE",
      `The description says ${describeState(spec.recurrent)}, but the network has ${describeState(ports.recurrent)}.`,
      "Write the description again from the network.",
    );
}

function* lintWeights({ graph }: PolicyFile): Findings {
  for (const { name, type, data } of graph.graph.initializers) {
    if (type !== "float32" && type !== "float64") continue;
    const bad = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      yield error(
        "BAD_WEIGHTS",
        `The weights "${name}" hold ${data[bad]} at place ${bad}.`,
        "Training diverged or the file is damaged: use an earlier checkpoint.",
      );
  }
}

function* lintPose({ spec }: PolicyFile, robot: RobotSpec): Findings {
  const joints = jointsByName(robot);
  for (const [name, angle] of Object.entries(spec.defaultJointPos)) {
    const [low, high] = joints.get(name)?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    if (angle >= low - 1e-6 && angle <= high + 1e-6) continue;
    yield warning(
      "POSE_OUT_OF_RANGE",
      `The default pose has ${name} at ${angle} rad; ${robot.name} reaches ${low} to ${high}.`,
      "Check the joint order: a swapped pair looks like this.",
    );
  }
}

function* lintGains({ spec }: PolicyFile, robot: RobotSpec): Findings {
  const joints = jointsByName(robot);
  const limp = spec.jointNames.filter((_, i) => spec.kp[i] === 0);
  if (limp.length > 0)
    yield warning(
      "MISSING_GAINS",
      `${count(limp.length, "driven joint")} without stiffness: ${list(limp)}.`,
      "A position policy needs kp above 0; write the gains of the training run.",
    );
  const other = spec.jointNames.filter((name, i) => differs(joints.get(name), spec.kp[i], spec.kd[i]));
  if (other.length > 0)
    yield note(
      "OTHER_GAINS",
      `${count(other.length, "joint")} with other gains than ${robot.name}'s own: ${list(other)}.`,
      "The policy's gains are used while it runs; nothing to do if it was trained so.",
    );
  const strong = spec.jointNames.filter(
    (name, i) => spec.torqueLimit[i] > (joints.get(name)?.torqueLimit ?? Infinity),
  );
  if (strong.length > 0)
    yield warning(
      "TORQUE_LIMIT",
      `${count(strong.length, "joint")} trained with more torque than ${robot.name} has: ${list(strong)}.`,
      "The robot's limit is used; expect weaker behaviour than in training.",
    );
}

function* lintOrder({ spec }: PolicyFile, robot: RobotSpec): Findings {
  const order = robot.joints.map((joint) => joint.name);
  for (const key of ["jointNames", "observedJoints"] as const) {
    const places = spec[key].map((name) => order.indexOf(name)).filter((place) => place >= 0);
    if (places.every((place, i) => i === 0 || place > places[i - 1])) continue;
    yield note(
      "JOINT_ORDER",
      `The policy's ${key} are in another order than ${robot.name}'s.`,
      "They are mapped by name here; a program that maps by place must reorder them.",
    );
  }
}

/** Other tools read the comma-joined keys: they should say what our own key says. */
function* lintRounding(file: PolicyFile): Findings {
  const metadata = readMetadata(file.model);
  const expected = toMjlabMetadata(file.spec);
  if (file.source !== "contrapposto") return;
  for (const key of MJLAB_KEYS) {
    const text = metadata.get(key);
    if (text === undefined || text === expected[key]) continue;
    const worst = largestDifference(text, expected[key]);
    yield warning(
      "METADATA_DIFFERS",
      worst === undefined
        ? `The key ${key} for other tools says something else than the description.`
        : `The key ${key} for other tools is rounded or changed: it differs by up to ${worst.toPrecision(3)}.`,
      "Write the file again with `contrapposto policy import`.",
    );
  }
}

function* lintObservability({ spec }: PolicyFile): Findings {
  for (const { name } of spec.observations)
    if (OBSERVATION_TERMS[name]?.isPrivileged)
      yield warning(
        "PRIVILEGED",
        `The policy observes ${name}, which only the simulator knows.`,
        "On hardware use a policy without it, or an estimator.",
      );
}

function* lintOrigin({ spec }: PolicyFile): Findings {
  for (const text of spec.assumptions)
    yield note("ASSUMED", text, "Check it against the training configuration.");
  if (spec.provenance === undefined)
    yield note(
      "NO_PROVENANCE",
      "The file does not say how it was trained.",
      "Nothing to do for imported weights.",
    );
}

function layoutSize(spec: PolicySpec): number | string {
  try {
    return observationLayout(spec).reduce((sum, slice) => sum + slice.length, 0);
  } catch (problem) {
    return errorMessage(problem);
  }
}

function describeState(state: RecurrentState | undefined): string {
  return state === undefined ? "no recurrent state" : `${state.kind} ${state.layers} x ${state.hidden}`;
}

function differs(joint: JointSpec | undefined, kp: number, kd: number): boolean {
  const far = (a: number, b: number) => Math.abs(a - b) > GAIN_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  return joint !== undefined && (far(joint.kp, kp) || far(joint.kd, kd));
}

/** Largest difference of two comma-joined lists of numbers; undefined where they are no such lists. */
function largestDifference(a: string, b: string): number | undefined {
  const [left, right] = [a, b].map((text) => text.split(",").map(Number));
  if (left.length !== right.length || [...left, ...right].some(Number.isNaN)) return undefined;
  return Math.max(...left.map((value, i) => Math.abs(value - right[i])));
}

function jointsByName(robot: RobotSpec): Map<string, JointSpec> {
  return new Map(robot.joints.map((joint) => [joint.name, joint]));
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

function list(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

const error = (code: string, text: string, remedy: string): Finding => ({
  severity: "error",
  code,
  text,
  remedy,
});
const warning = (code: string, text: string, remedy: string): Finding => ({
  severity: "warning",
  code,
  text,
  remedy,
});
const note = (code: string, text: string, remedy: string): Finding => ({
  severity: "note",
  code,
  text,
  remedy,
});
