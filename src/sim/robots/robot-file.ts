import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import type { RobotSpec } from "./robot.ts";

const finite = z.number();

const JointFile = z
  .strictObject({
    name: z.string().min(1),
    group: z.enum(["lower", "upper", "wrist"]),
    range: z.tuple([finite, finite]),
    torqueLimit: finite.positive(),
    velocityLimit: finite.positive(),
    kp: finite.nonnegative(),
    kd: finite.nonnegative(),
    default: finite,
    mirrorSign: z.union([z.literal(1), z.literal(-1)]),
    motorSlot: z.int().nonnegative(),
  })
  .refine((joint) => joint.range[0] < joint.range[1], "its range must rise")
  .refine(
    (joint) => joint.default >= joint.range[0] && joint.default <= joint.range[1],
    "its default must lie in its range",
  );

const pair = z.tuple([z.string(), z.string()]);

/** A user's robot as stored in `robot.json`: a `RobotSpec` that a person may edit. */
export const RobotFile: z.ZodType<RobotSpec> = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, "use small letters, digits, _ and -"),
    title: z.string(),
    model: z.string(),
    joints: z.array(JointFile).min(1),
    baseBody: z.string(),
    standingHeight: finite.positive(),
    footBodies: pair,
    kneeBodies: pair,
    imuSite: z.string().exactOptional(),
    fixedBase: z.strictObject({ frozenJoints: z.record(z.string(), z.number()) }).exactOptional(),
    hardware: z
      .strictObject({ messages: z.enum(["unitree_go", "unitree_hg"]), slots: z.int().positive() })
      .exactOptional(),
  })
  .refine(
    ({ joints }) => new Set(joints.map((joint) => joint.name)).size === joints.length,
    "joint names must differ",
  );

/** Reads the text of a `robot.json`. Throws `UsageError` that names the field that is wrong. */
export function parseRobot(text: string, path: string): RobotSpec {
  const parsed = RobotFile.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `"${path}" does not describe a robot: ${issue.path.join(".") || "top level"}: ${issue.message}.`,
    "Correct the field, or import the robot again.",
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`"${path}" is not JSON.`, "Correct it, or import the robot again.", { cause });
  }
}
