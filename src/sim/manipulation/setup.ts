import type { ModelSource } from "../engine/index.ts";
import { PlantConfig } from "../plant/plant-config.ts";
import { h12Grippers } from "../robots/h1-2.ts";
import { type RobotSpec, withFixedBase } from "../robots/robot.ts";
import type { World } from "../world.ts";
import type { ManipulationTask } from "./task.ts";

/** How the robot is held: by its legs under a policy, or bolted down, which is several times faster to simulate. */
export type Base = "standing" | "fixed";

/** The robot that does the tasks. */
export function manipulationRobot(base: Base): RobotSpec {
  return base === "fixed" ? withFixedBase(h12Grippers, "floating_base_joint") : h12Grippers;
}

/**
 * Physics of the tasks: standing, the motors' own loop at 2 ms, as policies for legs expect; bolted down, the engine's
 * position servos at 4 ms. Control steps are 20 ms in both.
 */
export function manipulationPlant(base: Base): PlantConfig {
  return PlantConfig.parse(
    base === "fixed"
      ? { actuation: "position", timestep: 0.004, decimation: 5 }
      : { timestep: 0.002, decimation: 10 },
  );
}

/** The world of a task from the models of robot and scene. */
export function manipulationWorld(
  task: ManipulationTask,
  base: Base,
  models: { readonly robot: ModelSource; readonly scene: ModelSource },
): World {
  return {
    robot: manipulationRobot(base),
    robotModel: models.robot,
    sceneName: task.name,
    scene: models.scene,
  };
}
