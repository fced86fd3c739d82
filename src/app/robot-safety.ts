import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../common/index.ts";
import type { RobotSpec } from "../sim/index.ts";
import { type BodyGeometry, type Envelope, parseEnvelope, parseGeometry } from "../teleop/index.ts";
import { readText } from "./files.ts";
import { shippedPath } from "./package-root.ts";

/**
 * What the safety layer must know of a robot: its operating envelope, the shipped one or the user's, and its geometry.
 * Throws `UsageError` for a robot that nobody wrote limits for, and what reading throws.
 */
export async function loadSafety(
  robot: RobotSpec,
  envelopePath?: string,
): Promise<{ readonly envelope: Envelope; readonly geometry: BodyGeometry }> {
  const folder = shippedPath("assets", dirname(robot.model));
  const geometryFile = join(folder, `${robot.name}.geometry.json`);
  const envelopeFile = envelopePath ?? join(folder, "envelope.yaml");
  if (!existsSync(geometryFile))
    throw new UsageError(
      `There are no safety limits for "${robot.name}".`,
      "Use h1, h1_2 or h1_2_27dof, or make its geometry with tools/robot-geometry and write an envelope.",
    );
  return {
    envelope: parseEnvelope(await readText(envelopeFile), envelopeFile),
    geometry: parseGeometry(await readText(geometryFile), geometryFile, robot),
  };
}
