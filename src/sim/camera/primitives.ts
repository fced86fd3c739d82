import { type Ray, REACH } from "./ray.ts";

/*
 * Where a ray enters a convex shape, in the shape's own frame. Each looks for the smallest t in (0, reach) at which the
 * ray goes in; if there is one, it becomes the ray's reach and the answer is true. A ray that starts inside meets
 * nothing: a camera in a robot's head looks through the head's shell from behind, as it would with back faces culled.
 * `size` holds MuJoCo's geom sizes, read at `at`.
 */

/** The front face of the plane z = 0, cut to a rectangle where its half sides are positive. */
export function enterPlane(size: Float64Array, at: number, ray: Ray): boolean {
  if (ray[5] >= -1e-15 || ray[2] <= 0) return false;
  const t = -ray[2] / ray[5];
  if (!(t < ray[REACH])) return false;
  if (size[at] > 0 && Math.abs(ray[0] + t * ray[3]) > size[at]) return false;
  if (size[at + 1] > 0 && Math.abs(ray[1] + t * ray[4]) > size[at + 1]) return false;
  ray[REACH] = t;
  return true;
}

/** A sphere; its size is the radius. */
export function enterSphere(size: Float64Array, at: number, ray: Ray): boolean {
  const r = size[at];
  const b = ray[0] * ray[3] + ray[1] * ray[4] + ray[2] * ray[5];
  const c = ray[0] * ray[0] + ray[1] * ray[1] + ray[2] * ray[2] - r * r;
  if (b >= 0 || c <= 0) return false;
  const a = ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5];
  const discriminant = b * b - a * c;
  if (discriminant <= 0) return false;
  const t = (-b - Math.sqrt(discriminant)) / a;
  if (t >= ray[REACH]) return false;
  ray[REACH] = t;
  return true;
}

/** An ellipsoid; its size is the half axes. */
export function enterEllipsoid(size: Float64Array, at: number, ray: Ray): boolean {
  const ox = ray[0] / size[at];
  const oy = ray[1] / size[at + 1];
  const oz = ray[2] / size[at + 2];
  const dx = ray[3] / size[at];
  const dy = ray[4] / size[at + 1];
  const dz = ray[5] / size[at + 2];
  const b = ox * dx + oy * dy + oz * dz;
  const c = ox * ox + oy * oy + oz * oz - 1;
  if (b >= 0 || c <= 0) return false;
  const a = dx * dx + dy * dy + dz * dz;
  const discriminant = b * b - a * c;
  if (discriminant <= 0) return false;
  const t = (-b - Math.sqrt(discriminant)) / a;
  if (t >= ray[REACH]) return false;
  ray[REACH] = t;
  return true;
}

/** A box; its size is the half sides. */
export function enterBox(size: Float64Array, at: number, ray: Ray): boolean {
  const ix = inverse(ray[3]);
  const iy = inverse(ray[4]);
  const iz = inverse(ray[5]);
  const hx = Math.abs(ix) * size[at];
  const hy = Math.abs(iy) * size[at + 1];
  const hz = Math.abs(iz) * size[at + 2];
  const cx = -ray[0] * ix;
  const cy = -ray[1] * iy;
  const cz = -ray[2] * iz;
  const enter = Math.max(cx - hx, cy - hy, cz - hz);
  const leave = Math.min(cx + hx, cy + hy, cz + hz);
  if (enter <= 0 || enter >= leave || enter >= ray[REACH]) return false;
  ray[REACH] = enter;
  return true;
}

/** A cylinder along z; its size is the radius and the half length. */
export function enterCylinder(size: Float64Array, at: number, ray: Ray): boolean {
  const r = size[at];
  const iz = inverse(ray[5]);
  const half = Math.abs(iz) * size[at + 1];
  const slabEnter = -ray[2] * iz - half;
  const slabLeave = -ray[2] * iz + half;
  const a = ray[3] * ray[3] + ray[4] * ray[4];
  const b = ray[0] * ray[3] + ray[1] * ray[4];
  const c = ray[0] * ray[0] + ray[1] * ray[1] - r * r;
  // A ray along the axis is inside the round wall all the way, or never.
  const isAlong = a < 1e-30;
  const discriminant = isAlong ? -c : b * b - a * c;
  if (discriminant <= 0) return false;
  const root = Math.sqrt(discriminant);
  const enter = isAlong ? slabEnter : Math.max(slabEnter, (-b - root) / a);
  const leave = isAlong ? slabLeave : Math.min(slabLeave, (-b + root) / a);
  if (enter <= 0 || enter >= leave || enter >= ray[REACH]) return false;
  ray[REACH] = enter;
  return true;
}

/** A capsule along z; its size is the radius and the half length of the straight part. */
export function enterCapsule(size: Float64Array, at: number, ray: Ray): boolean {
  const r = size[at];
  const h = size[at + 1];
  const a = ray[3] * ray[3] + ray[4] * ray[4];
  const b = ray[0] * ray[3] + ray[1] * ray[4];
  const c = ray[0] * ray[0] + ray[1] * ray[1] - r * r;
  let z = ray[2];
  if (a < 1e-30) {
    // Along the axis from between the ends is from inside, or past it.
    if (c >= 0 || Math.abs(z) <= h) return false;
  } else {
    const discriminant = b * b - a * c;
    if (discriminant <= 0) return false;
    const t = (-b - Math.sqrt(discriminant)) / a;
    z += t * ray[5];
    if (Math.abs(z) <= h) {
      if (t <= 0 || t >= ray[REACH]) return false;
      ray[REACH] = t;
      return true;
    }
  }
  // The ray meets the endless cylinder beyond one end: only that end's cap can be entered.
  return enterCap(r, z > 0 ? h : -h, ray);
}

/** The half of a sphere about (0, 0, z) that points away from the origin. */
function enterCap(r: number, z: number, ray: Ray): boolean {
  const oz = ray[2] - z;
  const b = ray[0] * ray[3] + ray[1] * ray[4] + oz * ray[5];
  const c = ray[0] * ray[0] + ray[1] * ray[1] + oz * oz - r * r;
  if (b >= 0 || c <= 0) return false;
  const a = ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5];
  const discriminant = b * b - a * c;
  if (discriminant <= 0) return false;
  const t = (-b - Math.sqrt(discriminant)) / a;
  const end = ray[2] + t * ray[5];
  if ((z > 0 ? end < z : end > z) || t >= ray[REACH]) return false;
  ray[REACH] = t;
  return true;
}

/** One over a direction's component. A zero would give 0 / 0 on a face; this gives a slab that is never left. */
function inverse(component: number): number {
  return 1 / (component === 0 ? 1e-300 : component);
}
