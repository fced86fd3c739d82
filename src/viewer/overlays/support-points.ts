import type { SceneDescription } from "../../sim/index.ts";

/** Numbers in a row of contacts: geom, geom, position [3], force [3]. */
const ROW = 8;

/**
 * Where a robot touches what is not itself, world, m: the places that can hold it up. Contacts between other things, and
 * of the robot with itself, hold nobody.
 *
 * @param base any body of the robot
 */
export function supportPoints(
  rows: Float32Array,
  { geoms, bodies }: Pick<SceneDescription, "geoms" | "bodies">,
  base: number,
): [number, number, number][] {
  const root = bodies[base].root;
  const isRobot = (geom: number) => geoms[geom] !== undefined && bodies[geoms[geom].body].root === root;
  const points: [number, number, number][] = [];
  for (let at = 0; at < rows.length; at += ROW)
    if (isRobot(rows[at]) !== isRobot(rows[at + 1])) points.push([rows[at + 2], rows[at + 3], rows[at + 4]]);
  return points;
}
