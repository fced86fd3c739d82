import { BufferAttribute, type BufferGeometry, Vector3 } from "three";
import type { GeomDescription, MaterialDescription } from "../../sim/index.ts";

/**
 * Lays a flat texture on a geom as MuJoCo does: projected along the geom's z, so many times a metre (`isUniform`) or
 * over its whole width. Fixed geoms of the world share one grid, so that tiles meet where geoms meet.
 *
 * @param scale how the geom stretches the geometry
 */
export function layFlat(
  geometry: BufferGeometry,
  scale: Vector3,
  geom: GeomDescription,
  { repeat, isUniform }: MaterialDescription,
): void {
  const position = geometry.getAttribute("position");
  const places = new Float32Array(2 * position.count);
  const isFixed = geom.body === 0 && isUniform;
  for (let axis = 0; axis < 2; axis++) {
    const isPerMetre = isUniform || !(geom.size[axis] > 0);
    const perMetre = isPerMetre ? repeat[axis] : repeat[axis] / (2 * geom.size[axis]);
    const stretch = scale.getComponent(axis);
    const from = isFixed ? geom.pos[axis] : 0;
    for (let i = 0; i < position.count; i++)
      places[2 * i + axis] = perMetre * (stretch * position.getComponent(i, axis) + from) + 0.5;
  }
  geometry.setAttribute("uv", new BufferAttribute(places, 2));
}

/** Faces of a cube texture, from the top of the picture: right, left, up, down, front, back, in MuJoCo's axes. */
const FACES = [
  { axis: 0, sign: 1, u: [1, 1], v: [2, 1] },
  { axis: 0, sign: -1, u: [1, -1], v: [2, 1] },
  { axis: 2, sign: 1, u: [0, 1], v: [1, 1] },
  { axis: 2, sign: -1, u: [0, 1], v: [1, -1] },
  { axis: 1, sign: -1, u: [0, 1], v: [2, 1] },
  { axis: 1, sign: 1, u: [0, -1], v: [2, 1] },
] as const;

/**
 * Lays a cube texture on a geometry: each triangle takes the face that it looks through. Returns a geometry whose
 * triangles share no corners.
 *
 * @param faces squares in the picture: 6 below each other, or 1 for all sides
 */
export function layCube(geometry: BufferGeometry, faces: 1 | 6): BufferGeometry {
  const loose = geometry.index === null ? geometry : geometry.toNonIndexed();
  const position = loose.getAttribute("position");
  const places = new Float32Array(2 * position.count);
  const middle = new Vector3();
  const corner = new Vector3();
  for (let at = 0; at < position.count; at += 3) {
    middle.set(0, 0, 0);
    for (let k = 0; k < 3; k++) middle.add(corner.fromBufferAttribute(position, at + k));
    const index = faceToward(middle);
    const { axis, u, v } = FACES[index];
    for (let k = 0; k < 3; k++) {
      corner.fromBufferAttribute(position, at + k);
      const depth = Math.abs(corner.getComponent(axis)) || 1;
      const across = 0.5 + (0.5 * u[1] * corner.getComponent(u[0])) / depth;
      const up = 0.5 - (0.5 * v[1] * corner.getComponent(v[0])) / depth;
      places[2 * (at + k)] = across;
      places[2 * (at + k) + 1] = faces === 1 ? up : (index + up) / 6;
    }
  }
  loose.setAttribute("uv", new BufferAttribute(places, 2));
  return loose;
}

function faceToward({ x, y, z }: Vector3): number {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (ax >= ay && ax >= az) return x > 0 ? 0 : 1;
  if (az >= ay) return z > 0 ? 2 : 3;
  return y < 0 ? 4 : 5;
}
