import { z } from "zod";
import { readPolicyFile, requireFit } from "../policies/index.ts";
import { type Base, manipulationRobot, manipulationTask } from "../sim/index.ts";
import { readModel } from "../sim/node.ts";
import type { EnvironmentSetup } from "../vla/node.ts";
import { shippedPath } from "./package-root.ts";
import { readControllerFiles } from "./policy-files.ts";
import { BALANCE, shippedPolicies } from "./shipped-policies.ts";

/** The flag for the legs of a standing robot. */
export const LowerFlag = z
  .string()
  .optional()
  .describe(`legs of a standing robot: a policy file, or "${BALANCE}"; default: those that ship`);

/**
 * A task's environment from the package's robots and scenes. A robot that stands has a policy for its legs: the one that
 * ships, another from the user's disk, or none for "balance". Throws `PolicyMismatchError` for legs that do not fit, and
 * what reading them throws.
 */
export async function loadManipulation(task: string, base: Base, lower?: string): Promise<EnvironmentSetup> {
  const models = {
    robot: readModel(shippedPath("assets", manipulationRobot(base).model)),
    scene: readModel(shippedPath("scenes", manipulationTask(task).scene)),
  };
  const legs = base === "fixed" || lower === BALANCE ? undefined : (lower ?? shippedPolicies("h1_2")[0]);
  if (legs === undefined) return { task, base, models };
  const [file] = await readControllerFiles([legs], {});
  const robot = manipulationRobot(base);
  requireFit(readPolicyFile(file.bytes, { robots: [robot] }), robot);
  return { task, base, models, lower: file };
}
