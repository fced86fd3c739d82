import { GEOM_TYPE } from "./geom-type.ts";

/**
 * Outward normal of a primitive at a point on its surface, in the shape's own frame, not normalised.
 *
 * @param size MuJoCo's geom sizes, read at `at`
 * @param position on the surface, m, [3]
 * @param out written; direction [3]
 */
export function primitiveNormal(
  type: number,
  size: Float64Array,
  at: number,
  position: Float64Array,
  out: Float64Array,
): void {
  out.set(position);
  if (type === GEOM_TYPE.capsule) {
    out[2] -= Math.max(-size[at + 1], Math.min(size[at + 1], position[2]));
  } else if (type === GEOM_TYPE.ellipsoid) {
    for (let k = 0; k < 3; k++) out[k] /= size[at + k] * size[at + k];
  } else if (type === GEOM_TYPE.cylinder) cylinderNormal(size, at, out);
  else if (type === GEOM_TYPE.box) boxNormal(size, at, out);
  else if (type === GEOM_TYPE.plane) {
    out[0] = 0;
    out[1] = 0;
    out[2] = 1;
  }
}

/** On a rim or an edge rounding decides between the faces: the one that the point lies farthest out of. */
function cylinderNormal(size: Float64Array, at: number, out: Float64Array): void {
  const radius = Math.sqrt(out[0] * out[0] + out[1] * out[1]);
  if (Math.abs(out[2]) - size[at + 1] > radius - size[at]) {
    out[0] = 0;
    out[1] = 0;
  } else out[2] = 0;
}

function boxNormal(size: Float64Array, at: number, out: Float64Array): void {
  const ax = Math.abs(out[0]) - size[at];
  const ay = Math.abs(out[1]) - size[at + 1];
  const az = Math.abs(out[2]) - size[at + 2];
  const face = ax >= ay && ax >= az ? 0 : ay >= az ? 1 : 2;
  for (let k = 0; k < 3; k++) if (k !== face) out[k] = 0;
}
