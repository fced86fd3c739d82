import { UsageError } from "../common/index.ts";
import { parseScene, robotByName, type World } from "../sim/index.ts";
import { readModel } from "../sim/node.ts";
import { shippedPath } from "./package-root.ts";

export interface WorldRequest {
  /** A shipped robot's name. */
  readonly robot: string;
  /** Another MJCF with the same joint names, in place of the robot's own. */
  readonly model?: string | undefined;
  /** "flat", "tabletop", "rough:3". */
  readonly scene: string;
  /** Seed of generated ground. */
  readonly seed: number;
}

/** Reads a robot and a scene from the package, or the robot's model from the user's file. */
export function loadWorld({ robot: name, model, scene: sceneName, seed }: WorldRequest): World {
  const robot = robotByName(name);
  const { scene, level } = parseScene(sceneName);
  return {
    robot,
    robotModel: readModel(model ?? shippedPath("assets", robot.model)),
    sceneName,
    scene: "file" in scene ? readModel(shippedPath("scenes", scene.file)) : { kind: scene.kind, level, seed },
  };
}

/** Reads "0.5,0,0.2" as [vx, vy, yaw rate]. */
export function parseVelocity(text: string): [number, number, number] {
  const values = text.split(",").map(Number);
  if (values.length === 3 && values.every(Number.isFinite)) return values as [number, number, number];
  throw new UsageError(
    `"${text}" is no velocity command.`,
    'Give "vx,vy,yawRate" in m/s and rad/s, such as 0.5,0,0.',
  );
}
