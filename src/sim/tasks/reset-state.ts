import type { Rng } from "../../common/index.ts";
import type { Terrain } from "../env.ts";
import type { InitialState } from "../plant/plant.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { ResetConfig } from "./task-config.ts";

/**
 * Draws how an episode starts: joints around the default pose, the pelvis above the ground at a place of the terrain.
 *
 * @param variety share of the pose's and the velocity's spread, 0 to 1
 */
export function resetState(
  config: ResetConfig,
  robot: RobotSpec,
  rng: Rng,
  variety: number,
  terrain?: Terrain,
): InitialState {
  const q = robot.joints.map((joint) => {
    const factor = 1 - variety + variety * rng.uniform(...config.jointFactor);
    const angle = joint.default * factor + variety * rng.uniform(-config.jointOffset, config.jointOffset);
    return Math.min(joint.range[1], Math.max(joint.range[0], angle));
  });
  const [originX, originY] = terrain?.spawn(rng) ?? [0, 0];
  const x = originX + rng.uniform(-config.position, config.position);
  const y = originY + rng.uniform(-config.position, config.position);
  const ground = terrain?.clearHeightAt?.(x, y) ?? terrain?.heightAt(x, y) ?? 0;
  const vel = () => variety * rng.uniform(-config.baseVel, config.baseVel);
  return {
    q,
    basePos: [x, y, ground + robot.standingHeight + config.drop],
    baseVel: [vel(), vel(), vel(), vel(), vel(), vel()],
    yaw: rng.uniform(-config.yaw, config.yaw),
  };
}
