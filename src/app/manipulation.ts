import { type Base, manipulationRobot, manipulationTask } from "../sim/index.ts";
import { readModel } from "../sim/node.ts";
import type { EnvironmentSetup } from "../vla/node.ts";
import { shippedPath } from "./package-root.ts";
import { readControllerFiles } from "./policy-files.ts";

/** A task's environment from the package's robots and scenes, with the legs' policy from the user's disk, if any. */
export async function loadManipulation(
  task: string,
  base: Base,
  lower: string | undefined,
): Promise<EnvironmentSetup> {
  const models = {
    robot: readModel(shippedPath("assets", manipulationRobot(base).model)),
    scene: readModel(shippedPath("scenes", manipulationTask(task).scene)),
  };
  if (lower === undefined) return { task, base, models };
  const [file] = await readControllerFiles([lower], {});
  return { task, base, models, lower: file };
}
