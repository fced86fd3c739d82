import { GEOM_TYPE } from "./geom-type.ts";

/**
 * Outward normal of a primitive at a point on its surface, in the shape's own frame, not normalised.
 *
 * @param size MuJoCo's geom sizes, read at `at`
 * @param out written; direction [3]
 */
export function primitiveNormal(
  type: number,
  size: Float64Array,
  at: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const sx = size[at];
  const sy = size[at + 1];
  const sz = size[at + 2];
  if (type === GEOM_TYPE.sphere) set(out, x, y, z);
  else if (type === GEOM_TYPE.capsule) set(out, x, y, z - Math.max(-sy, Math.min(sy, z)));
  else if (type === GEOM_TYPE.ellipsoid) set(out, x / (sx * sx), y / (sy * sy), z / (sz * sz));
  else if (type === GEOM_TYPE.cylinder) cylinderNormal(sx, sy, x, y, z, out);
  else if (type === GEOM_TYPE.box) boxNormal(sx, sy, sz, x, y, z, out);
  else set(out, 0, 0, 1);
}

/** On a rim or an edge rounding decides between the faces: the one that the point lies farthest out of. */
function cylinderNormal(r: number, h: number, x: number, y: number, z: number, out: Float64Array): void {
  if (Math.abs(z) - h > Math.sqrt(x * x + y * y) - r) set(out, 0, 0, z);
  else set(out, x, y, 0);
}

function boxNormal(
  sx: number,
  sy: number,
  sz: number,
  x: number,
  y: number,
  z: number,
  out: Float64Array,
): void {
  const ax = Math.abs(x) - sx;
  const ay = Math.abs(y) - sy;
  const az = Math.abs(z) - sz;
  if (ax >= ay && ax >= az) set(out, x, 0, 0);
  else if (ay >= az) set(out, 0, y, 0);
  else set(out, 0, 0, z);
}

function set(out: Float64Array, x: number, y: number, z: number): void {
  out[0] = x;
  out[1] = y;
  out[2] = z;
}
