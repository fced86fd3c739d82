import type { SimulatedRobot } from "./simulated-robot.ts";

/**
 * Position and velocity of a body frame's origin in the world. The engine keeps velocities at the centre of mass of
 * the whole tree (`cvel` = [angular, linear]); they are moved to the origin here.
 *
 * @param pos,vel written at `offset`, m and m/s
 */
export function bodyKinematics(
  robot: Pick<SimulatedRobot, "simulation" | "index">,
  body: number,
  pos: Float64Array,
  vel: Float64Array,
  offset: number,
): void {
  const { xpos, cvel, subtree_com } = robot.simulation.views;
  const root = 3 * robot.index.base;
  const at = 6 * body;
  const [wx, wy, wz] = [cvel[at], cvel[at + 1], cvel[at + 2]];
  for (let axis = 0; axis < 3; axis++) pos[offset + axis] = xpos[3 * body + axis];
  const rx = pos[offset] - subtree_com[root];
  const ry = pos[offset + 1] - subtree_com[root + 1];
  const rz = pos[offset + 2] - subtree_com[root + 2];
  vel[offset] = cvel[at + 3] + wy * rz - wz * ry;
  vel[offset + 1] = cvel[at + 4] + wz * rx - wx * rz;
  vel[offset + 2] = cvel[at + 5] + wx * ry - wy * rx;
}
