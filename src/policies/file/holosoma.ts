import { z } from "zod";
import type { RobotSpec } from "../../sim/index.ts";
import { PolicyFileError, UndescribedPolicyError } from "./errors.ts";
import {
  byJoint,
  type ImportContext,
  numbers,
  robotWithJoints,
  type SpecDraft,
  termName,
  torqueLimits,
} from "./foreign.ts";
import type { PolicyPorts } from "./ports.ts";

/** holosoma's terms and ours. Its phase terms hold the sine or cosine of both feet. */
const TERM_NAMES: Readonly<Record<string, string>> = {
  base_lin_vel: "base_lin_vel",
  base_ang_vel: "base_ang_vel",
  projected_gravity: "projected_gravity",
  command_lin_vel: "linear_command",
  command_ang_vel: "yaw_command",
  dof_pos: "joint_pos",
  dof_vel: "joint_vel",
  actions: "last_action",
  sin_phase: "gait_phase_feet",
  cos_phase: "gait_cosine_feet",
};

/** Its clock stops where linear and angular command are below this. */
const STAND_THRESHOLD = 0.01;

/** holosoma's locomotion defaults, for files whose experiment configuration is not inside. */
const DEFAULTS = { controlTimestep: 0.02, actionScale: 0.25, gaitPeriod: 1 };

const ObservationGroupConfig = z.object({
  history_length: z.number().optional(),
  terms: z.record(z.string(), z.object({ scale: z.union([z.number(), z.array(z.number())]).nullish() })),
});
type ObservationGroupConfig = z.infer<typeof ObservationGroupConfig>;

const LOCOMOTION_TERMS: ObservationGroupConfig["terms"] = {
  actions: {},
  base_ang_vel: { scale: 0.25 },
  command_ang_vel: {},
  command_lin_vel: {},
  cos_phase: {},
  dof_pos: {},
  dof_vel: { scale: 0.05 },
  projected_gravity: {},
  sin_phase: {},
};

/** Values of those terms besides three per joint. */
const LOCOMOTION_SIZE = 13;

/** What we read of the training configuration that newer files carry. */
const Experiment = z.object({
  robot: z
    .object({
      init_state: z.object({ default_joint_angles: z.record(z.string(), z.number()) }).optional(),
      control: z.object({ action_scale: z.number().optional() }).optional(),
    })
    .optional(),
  simulator: z
    .object({
      config: z
        .object({
          sim: z.object({ fps: z.number().positive(), control_decimation: z.number().positive() }).optional(),
        })
        .optional(),
    })
    .optional(),
  observation: z.object({ groups: z.record(z.string(), ObservationGroupConfig) }).optional(),
  command: z.unknown().optional(),
});
type Experiment = z.infer<typeof Experiment>;

/** Whether an ONNX file's metadata are holosoma's. */
export function isHolosoma(metadata: ReadonlyMap<string, string>): boolean {
  return metadata.has("dof_names") && metadata.has("kp");
}

/**
 * Reads holosoma's metadata (one JSON value a key: `dof_names`, `kp`, `kd`, `action_scale`, `command_ranges`,
 * `experiment_config`). Its observation terms are concatenated in alphabetical order.
 * What the file does not say is listed under `assumptions`. Throws `PolicyFileError` or one of its kin.
 */
export function fromHolosomaMetadata(
  metadata: ReadonlyMap<string, string>,
  context: ImportContext,
): SpecDraft {
  const jointNames = parse(metadata, "dof_names", z.array(z.string()).min(1));
  const robot = robotWithJoints(context.robots, jointNames);
  const experiment = metadata.has("experiment_config")
    ? parse(metadata, "experiment_config", Experiment)
    : undefined;
  const notes = new Notes(robot, experiment);
  const count = jointNames.length;
  return {
    version: 1,
    name: context.name,
    robot: robot.name,
    jointNames,
    observedJoints: jointNames,
    defaultJointPos: notes.defaultPose(jointNames),
    kp: numbers(parse(metadata, "kp", z.array(z.number())), count, "kp"),
    kd: numbers(parse(metadata, "kd", z.array(z.number())), count, "kd"),
    torqueLimit: torqueLimits(robot, jointNames),
    actionScale: notes.actionScale(metadata, count),
    controlTimestep: notes.controlTimestep(),
    observations: notes.observations(context.ports, count),
    commands: commandRanges(metadata),
    recurrent: context.ports.recurrent,
    importedFrom: "holosoma",
    assumptions: notes.assumptions,
  };
}

/** Reads what the experiment says and writes down what it does not. */
class Notes {
  readonly assumptions: string[];
  readonly #robot: RobotSpec;
  readonly #experiment: Experiment | undefined;

  constructor(robot: RobotSpec, experiment: Experiment | undefined) {
    this.#robot = robot;
    this.#experiment = experiment;
    this.assumptions = [
      `The file names no robot; its joints are those of ${robot.name}, whose torque limits are used.`,
    ];
  }

  defaultPose(joints: readonly string[]): Record<string, number> {
    const angles = this.#experiment?.robot?.init_state?.default_joint_angles;
    if (angles !== undefined)
      return byJoint(
        joints,
        joints.map((name) => angles[name] ?? 0),
      );
    this.assumptions.push(`The file does not say the default pose; that of ${this.#robot.name} is used.`);
    const pose = new Map(this.#robot.joints.map((joint) => [joint.name, joint.default]));
    return byJoint(
      joints,
      joints.map((name) => pose.get(name) ?? 0),
    );
  }

  actionScale(metadata: ReadonlyMap<string, string>, count: number): number[] {
    const own = metadata.has("action_scale")
      ? parse(metadata, "action_scale", z.union([z.number(), z.array(z.number())]))
      : this.#experiment?.robot?.control?.action_scale;
    if (own === undefined)
      this.assumptions.push(`The file does not say the action scale; ${DEFAULTS.actionScale} is used.`);
    return numbers(own ?? DEFAULTS.actionScale, count, "action_scale");
  }

  controlTimestep(): number {
    const sim = this.#experiment?.simulator?.config?.sim;
    if (sim !== undefined) return sim.control_decimation / sim.fps;
    this.assumptions.push(
      `The file does not say the control timestep; ${DEFAULTS.controlTimestep} s is used.`,
    );
    return DEFAULTS.controlTimestep;
  }

  observations(ports: PolicyPorts, joints: number): Record<string, unknown>[] {
    const group = this.#experiment?.observation?.groups.actor_obs ?? this.#usualGroup(ports, joints);
    const period = findNumber(this.#experiment?.command, "gait_period") ?? this.#usualPeriod(group);
    const names = Object.keys(group.terms).sort();
    return names.map((name) => ({
      name: termName(name, TERM_NAMES),
      scale: group.terms[name].scale ?? 1,
      history: Math.max(1, group.history_length ?? 1),
      ...(name.endsWith("_phase") ? { period, standThreshold: STAND_THRESHOLD } : {}),
    }));
  }

  /** holosoma's locomotion tasks observe the same terms on every robot; older files leave them out. */
  #usualGroup({ observationSize }: PolicyPorts, joints: number): ObservationGroupConfig {
    if (observationSize !== LOCOMOTION_SIZE + 3 * joints)
      throw new UndescribedPolicyError(
        "The file does not say what the policy observes.",
        "Export it with a holosoma that writes experiment_config into the file.",
      );
    this.assumptions.push(
      "The file does not say what the policy observes; holosoma's locomotion terms fit its size.",
    );
    return { terms: LOCOMOTION_TERMS };
  }

  #usualPeriod({ terms }: ObservationGroupConfig): number {
    if (Object.keys(terms).some((name) => name.endsWith("_phase")))
      this.assumptions.push(
        `The file does not say the gait period; holosoma's usual ${DEFAULTS.gaitPeriod} s is used.`,
      );
    return DEFAULTS.gaitPeriod;
  }
}

/** The first number under this key, however deep in a configuration. */
function findNumber(tree: unknown, key: string): number | undefined {
  if (typeof tree !== "object" || tree === null) return undefined;
  for (const [name, value] of Object.entries(tree)) {
    if (name === key && typeof value === "number") return value;
    const inside = findNumber(value, key);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

const COMMANDS: Readonly<Record<string, string>> = {
  lin_vel_x: "vx",
  lin_vel_y: "vy",
  ang_vel_yaw: "yawRate",
  ang_vel_z: "yawRate",
};

function commandRanges(metadata: ReadonlyMap<string, string>): { name: string; low: number; high: number }[] {
  if (!metadata.has("command_ranges")) return [];
  const ranges = parse(metadata, "command_ranges", z.record(z.string(), z.unknown()).nullable()) ?? {};
  return Object.entries(ranges).flatMap(([key, range]) => {
    const pair = z.tuple([z.number(), z.number()]).safeParse(range);
    return pair.success && Object.hasOwn(COMMANDS, key)
      ? [{ name: COMMANDS[key], low: pair.data[0], high: pair.data[1] }]
      : [];
  });
}

function parse<T>(metadata: ReadonlyMap<string, string>, key: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(metadata.get(key) ?? ""));
  } catch (cause) {
    throw new PolicyFileError(
      `The file's ${key} is missing or not as holosoma writes it.`,
      "Export it again.",
      { cause },
    );
  }
}
