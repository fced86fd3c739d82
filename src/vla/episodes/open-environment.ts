import { type ControllerFile, createController } from "../../policies/index.ts";
import {
  type Base,
  type CameraSetup,
  controlTimestep,
  type Engine,
  ManipulationEnvironment,
  type ModelSource,
  manipulationPlant,
  manipulationRobot,
  manipulationTask,
  manipulationWorld,
} from "../../sim/index.ts";

/** A manipulation environment as data that crosses to a worker. */
export interface EnvironmentSetup {
  /** Name of the task. */
  readonly task: string;
  readonly base: Base;
  readonly models: { readonly robot: ModelSource; readonly scene: ModelSource };
  /** A policy that stands or walks; where absent, a standing robot balances without one. */
  readonly lower?: ControllerFile;
  readonly cameras?: readonly CameraSetup[];
}

/** Builds the environment of a setup; the caller disposes it. Throws `UnknownNameError` for a task that there is not. */
export async function openEnvironment(
  engine: Engine,
  setup: EnvironmentSetup,
): Promise<ManipulationEnvironment> {
  const { base, models, lower, cameras } = setup;
  const task = manipulationTask(setup.task);
  const plant = manipulationPlant(base);
  const files = lower === undefined ? [] : [lower];
  const legs =
    base === "standing"
      ? await createController(manipulationRobot(base), files, controlTimestep(plant))
      : undefined;
  return new ManipulationEnvironment(engine, {
    task,
    world: manipulationWorld(task, base, models),
    plant,
    ...(legs === undefined ? {} : { legs }),
    ...(cameras === undefined ? {} : { cameras }),
  });
}
