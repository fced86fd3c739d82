import { Engine } from "../../src/sim/engine/index.ts";
import { ManipulationEnvironment, type ManipulationOptions } from "../../src/sim/manipulation/environment.ts";
import {
  type Base,
  manipulationPlant,
  manipulationRobot,
  manipulationWorld,
} from "../../src/sim/manipulation/setup.ts";
import type { ManipulationTask } from "../../src/sim/manipulation/task.ts";
import { readModel } from "../../src/sim/model-files/read-model.ts";
import { ROOT } from "./run-cli.ts";

const engine = Engine.load();

/** An environment of a task with the shipped robot; bolted down unless told otherwise. */
export async function openTask(
  task: ManipulationTask,
  base: Base = "fixed",
  options: Partial<ManipulationOptions> = {},
): Promise<ManipulationEnvironment> {
  const models = {
    robot: readModel(`${ROOT}assets/${manipulationRobot(base).model}`),
    scene: readModel(`${ROOT}scenes/${task.scene}`),
  };
  return new ManipulationEnvironment(await engine, {
    task,
    world: manipulationWorld(task, base, models),
    plant: manipulationPlant(base),
    ...options,
  });
}
