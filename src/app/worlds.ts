import { type CompanionRequest, parseScene, type World, worldCompanions } from "../sim/index.ts";
import { findRobot, readModel } from "../sim/node.ts";
import { shippedPath } from "./package-root.ts";
import { ROBOT_PLACES } from "./robot-places.ts";

export interface WorldRequest {
  /** Name of a shipped or imported robot. */
  readonly robot: string;
  /** Another MJCF with the same joint names, in place of the robot's own. */
  readonly model?: string | undefined;
  /** "flat", "tabletop", "rough:3". */
  readonly scene: string;
  /** Seed of generated ground. */
  readonly seed: number;
  /** Further robots; in the world they are called robot2, robot3 and so on. */
  readonly companions?: readonly CompanionRequest[] | undefined;
}

/** Reads a robot and a scene from the package, or the robot's model from the user's file. */
export function loadWorld({
  robot: name,
  model,
  scene: sceneName,
  seed,
  companions = [],
}: WorldRequest): World {
  const { robot, modelPath } = findRobot(name, ROBOT_PLACES);
  const { scene, level, side } = parseScene(sceneName);
  return {
    robot,
    robotModel: readModel(model ?? modelPath),
    sceneName,
    scene:
      "file" in scene
        ? readModel(shippedPath("scenes", scene.file))
        : { kind: scene.kind, level, seed, side },
    ...(companions.length === 0
      ? {}
      : { companions: worldCompanions(companions, companions.map(loadCompanion)) }),
  };
}

function loadCompanion({ robot: name }: CompanionRequest) {
  const { robot, modelPath } = findRobot(name, ROBOT_PLACES);
  return { robot, robotModel: readModel(modelPath) };
}
