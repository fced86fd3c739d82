import type { Model } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";
import { indexRobot } from "./robot-index.ts";

/** Bits with which composed robots touch each other; none in a world of one. */
const COMPOSED = 0x7fff0000;

/**
 * Limits what the robot's geoms may touch: "full" leaves the model as it is, "world" switches off contact between
 * parts of the robot, "feet" leaves contact to the feet alone, with the world and with each other. Fewer pairs make
 * cheaper steps; but legs that never felt one foot strike the other learn to walk through it.
 */
export function applyCollisions(model: Model, robot: RobotSpec, mode: "full" | "world" | "feet"): void {
  if (mode === "full") return;
  const { geom_bodyid, geom_contype, geom_conaffinity } = model.views;
  const index = indexRobot(model, robot);
  const bodies = new Set(index.bodies);
  for (let geom = 0; geom < model.sizes.ngeom; geom++) {
    const body = geom_bodyid[geom];
    if (!bodies.has(body) || (geom_contype[geom] | geom_conaffinity[geom]) === 0) continue;
    const touches = mode === "world" || index.feet.includes(body);
    // MuJoCo pairs geoms whose contype meets the other's conaffinity; world geoms have both at 1.
    const touched = mode === "feet" ? 3 : 1;
    geom_contype[geom] = touches ? (geom_contype[geom] & COMPOSED) | 2 : 0;
    geom_conaffinity[geom] = touches ? (geom_conaffinity[geom] & COMPOSED) | touched : 0;
  }
}
