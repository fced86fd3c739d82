import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";

const positive = z.number().positive();
const share = z.number().gt(0).max(1);

/** What may be set for all joints, and again for those whose names match a pattern. */
const JointEnvelope = z.strictObject({
  positionMargin: z.number().nonnegative().describe("kept between targets and the ends of the range, rad"),
  outOfRange: positive.describe("a target further than this beyond the range is refused, not clipped, rad"),
  targetJump: positive.describe("a target further than this from the one before is refused, rad"),
  speedShare: share.describe("fastest that a target moves, as a share of the joint's speed limit"),
  overspeed: positive.describe("measured speed that faults, as a share of the joint's speed limit"),
  torqueShare: share.describe("greatest torque asked for, as a share of the joint's limit"),
  feedForwardShare: share.describe("greatest feed-forward torque, as a share of the joint's limit"),
  kpScale: positive.describe("greatest stiffness, as a multiple of the robot's own"),
  kdScale: positive.describe("greatest damping, as a multiple of the robot's own"),
  dampingKd: positive.describe("what brakes the joint in damping, N·m·s/rad"),
});

/**
 * The operating envelope of a robot: every limit of the safety layer. The file says all of it; nothing has a default
 * here, so that whoever reads the file has seen every limit that there is.
 */
export const Envelope = z.strictObject({
  version: z.literal(1),
  robots: z.array(z.string()).min(1).describe("names of the robots that it is for"),
  controlPeriod: positive.describe("longest time between two commands, s"),
  holdPeriods: z
    .int()
    .nonnegative()
    .describe("control periods that the last target is held after one is overdue"),
  firstCommandSeconds: positive.describe(
    "how long the default pose is held for a controller's first command, s",
  ),
  stateTimeout: positive.describe("oldest state that motors may be driven by, s"),
  maxLateness: positive.describe("longest time between two ticks of the motor loop, s"),
  maxAhead: positive.describe("furthest into the future that a chunk of targets may reach, s"),
  standUpSeconds: positive.describe("from the measured pose to the default pose, s"),
  standTolerance: positive.describe(
    "a joint further from the default pose than this is not standing yet, rad",
  ),
  blendSeconds: z
    .number()
    .nonnegative()
    .describe("from the held pose to the first targets of a controller, s"),
  armReleaseSeconds: positive.describe("for the weight of arm_sdk from 1 to 0, s"),
  roll: positive.describe("rad"),
  pitch: positive.describe("rad"),
  minBaseHeight: positive.describe("pelvis above the lowest sole along gravity, m"),
  temperatureStart: z.number().describe("hottest joint that may stand up, °C"),
  temperatureLimit: z.number().describe("°C"),
  batteryStart: z.number().min(0).max(1).describe("least charge to stand up with, 0 to 1"),
  batteryLimit: z.number().min(0).max(1).describe("least charge to go on with, 0 to 1"),
  relaxSpeed: positive.describe("motors may be let go of below this joint speed, rad/s"),
  armClearance: z.number().nonnegative().describe("kept between an arm and the rest of the robot, m"),
  joints: JointEnvelope,
  overrides: z
    .record(z.string(), JointEnvelope.partial())
    .default({})
    .describe("by regular expression on the joint's name; later ones win"),
});
export type Envelope = z.infer<typeof Envelope>;

/** Reads an envelope file (YAML). Throws `UsageError` that names the field that is wrong. */
export function parseEnvelope(text: string, path: string): Envelope {
  const result = Envelope.safeParse(parseYaml(text, path));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(
    `"${path}" is no operating envelope: ${issue.path.join(".") || "top level"}: ${issue.message}.`,
    "Compare it with assets/robots/h1_2/envelope.yaml, which sets every field.",
  );
}

/** An envelope worked out for each joint, in the robot's order; SI units. */
export interface JointLimits {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly hardLow: Float64Array;
  readonly hardHigh: Float64Array;
  readonly outOfRange: Float64Array;
  readonly targetJump: Float64Array;
  readonly speed: Float64Array;
  readonly overspeed: Float64Array;
  readonly torque: Float64Array;
  readonly feedForward: Float64Array;
  readonly kp: Float64Array;
  readonly kd: Float64Array;
  readonly dampingKd: Float64Array;
}

/** Works an envelope out for a robot. Throws `UsageError` where it is not for that robot or leaves a joint no room. */
export function jointLimits(envelope: Envelope, robot: RobotSpec): JointLimits {
  if (!envelope.robots.includes(robot.name)) {
    throw new UsageError(
      `The operating envelope is for ${envelope.robots.join(", ")}, not for ${robot.name}.`,
      "Choose limits for this robot, and name it in the file's list of robots.",
    );
  }
  const rows = robot.joints.map((joint) => ({ joint, row: rowOf(envelope, joint.name) }));
  const each = (value: (entry: (typeof rows)[number]) => number) => Float64Array.from(rows, value);
  const limits: JointLimits = {
    low: each(({ joint, row }) => joint.range[0] + row.positionMargin),
    high: each(({ joint, row }) => joint.range[1] - row.positionMargin),
    hardLow: each(({ joint }) => joint.range[0]),
    hardHigh: each(({ joint }) => joint.range[1]),
    outOfRange: each(({ row }) => row.outOfRange),
    targetJump: each(({ row }) => row.targetJump),
    speed: each(({ joint, row }) => joint.velocityLimit * row.speedShare),
    overspeed: each(({ joint, row }) => joint.velocityLimit * row.overspeed),
    torque: each(({ joint, row }) => joint.torqueLimit * row.torqueShare),
    feedForward: each(({ joint, row }) => joint.torqueLimit * row.feedForwardShare),
    kp: each(({ joint, row }) => joint.kp * row.kpScale),
    kd: each(({ joint, row }) => joint.kd * row.kdScale),
    dampingKd: each(({ row }) => row.dampingKd),
  };
  const cramped = robot.joints.find(
    ({ default: rest }, j) => !(limits.low[j] <= rest && rest <= limits.high[j]),
  );
  if (cramped !== undefined) {
    throw new UsageError(
      `The operating envelope leaves ${cramped.name} no room: its default pose is outside.`,
      "Make positionMargin smaller for that joint.",
    );
  }
  return limits;
}

function rowOf({ joints, overrides }: Envelope, name: string): z.infer<typeof JointEnvelope> {
  const matching = Object.entries(overrides).filter(([pattern]) => new RegExp(pattern).test(name));
  return Object.assign({}, joints, ...matching.map(([, row]) => row)) as z.infer<typeof JointEnvelope>;
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new UsageError(`"${path}" is not YAML: ${cause.message.split("\n")[0]}`, "Correct it.", { cause });
  }
}
