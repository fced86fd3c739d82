import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";

const vector = z.tuple([z.number(), z.number(), z.number()]);

/**
 * Links, capsules and soles of a robot: what forward kinematics beside the robot needs, where no simulator runs. Made from
 * the robot's MJCF by `tools/robot-geometry`; a test holds it to what the engine computes.
 */
export const BodyGeometry = z.strictObject({
  version: z.literal(1),
  robot: z.string(),
  /** Parents come before children; the first is the pelvis. Lengths in m. */
  links: z.array(
    z.strictObject({
      name: z.string(),
      parent: z.int().min(-1).describe("index of a link, -1 for the pelvis"),
      pos: vector.describe("in the parent's frame"),
      quat: z
        .tuple([z.number(), z.number(), z.number(), z.number()])
        .describe("parent from link, [w, x, y, z]"),
      joint: z.string().optional().describe("hinge through the link's origin"),
      axis: vector.optional(),
    }),
  ),
  capsules: z.array(
    z.strictObject({
      name: z.string(),
      link: z.int().nonnegative(),
      limb: z.enum(["trunk", "left leg", "right leg", "left arm", "right arm"]),
      from: vector,
      to: vector,
      radius: z.number().positive(),
    }),
  ),
  /** Corners of the soles, in their links' frames. */
  soles: z.array(z.strictObject({ link: z.int().nonnegative(), pos: vector })),
});
export type BodyGeometry = z.infer<typeof BodyGeometry>;

/** Reads a geometry file (JSON). Throws `UsageError` for one that is broken, or of another robot. */
export function parseGeometry(text: string, path: string, robot: RobotSpec): BodyGeometry {
  const result = BodyGeometry.safeParse(parseJson(text, path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(
      `"${path}" is no robot geometry: ${issue.path.join(".") || "top level"}: ${issue.message}.`,
      "Make it again with tools/robot-geometry/build.ts.",
    );
  }
  const missing = robot.joints.find(({ name }) => !result.data.links.some(({ joint }) => joint === name));
  if (result.data.robot === robot.name && missing === undefined) return result.data;
  throw new UsageError(
    `"${path}" is the geometry of ${result.data.robot}, not of ${robot.name}.`,
    "Make it with tools/robot-geometry/build.ts.",
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`"${path}" is not JSON.`, "Make it with tools/robot-geometry/build.ts.", { cause });
  }
}
