/*
 * Where a ray enters a convex shape, in the shape's own frame: o is the ray's origin, d its direction (any length).
 * Each returns the smallest t > 0 with o + t d on the surface and the ray going in, Infinity where there is none.
 * A ray that starts inside meets nothing: a camera in a robot's head looks through the head's shell from behind, as
 * it would with back faces culled.
 */

const NONE = Number.POSITIVE_INFINITY;

/** The front face of the plane z = 0, cut to |x| < sx, |y| < sy where these are positive. */
export function enterPlane(
  sx: number,
  sy: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  if (dz >= -1e-15 || oz <= 0) return NONE;
  const t = -oz / dz;
  if (sx > 0 && Math.abs(ox + t * dx) > sx) return NONE;
  if (sy > 0 && Math.abs(oy + t * dy) > sy) return NONE;
  return t;
}

/** A sphere of radius r about the origin. */
export function enterSphere(
  r: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const b = ox * dx + oy * dy + oz * dz;
  const c = ox * ox + oy * oy + oz * oz - r * r;
  if (b >= 0 || c <= 0) return NONE;
  const a = dx * dx + dy * dy + dz * dz;
  const discriminant = b * b - a * c;
  return discriminant <= 0 ? NONE : (-b - Math.sqrt(discriminant)) / a;
}

/** An ellipsoid with half axes sx, sy, sz. */
export function enterEllipsoid(
  sx: number,
  sy: number,
  sz: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  return enterSphere(1, ox / sx, oy / sy, oz / sz, dx / sx, dy / sy, dz / sz);
}

/** A box with half sides sx, sy, sz. */
export function enterBox(
  sx: number,
  sy: number,
  sz: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  // A zero component would give 0 / 0 on a face; the smallest tilt gives a signed infinity-like slab instead.
  const ix = 1 / (dx === 0 ? 1e-300 : dx);
  const iy = 1 / (dy === 0 ? 1e-300 : dy);
  const iz = 1 / (dz === 0 ? 1e-300 : dz);
  const hx = Math.abs(ix) * sx;
  const hy = Math.abs(iy) * sy;
  const hz = Math.abs(iz) * sz;
  const enter = Math.max(-ox * ix - hx, -oy * iy - hy, -oz * iz - hz);
  const leave = Math.min(-ox * ix + hx, -oy * iy + hy, -oz * iz + hz);
  return enter > 0 && enter < leave ? enter : NONE;
}

/** A cylinder of radius r and half length h along z. */
export function enterCylinder(
  r: number,
  h: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const inverse = 1 / (dz === 0 ? 1e-300 : dz);
  const half = Math.abs(inverse) * h;
  const slabEnter = -oz * inverse - half;
  const slabLeave = -oz * inverse + half;
  const a = dx * dx + dy * dy;
  const b = ox * dx + oy * dy;
  const c = ox * ox + oy * oy - r * r;
  if (a < 1e-30) return c < 0 && slabEnter > 0 ? slabEnter : NONE;
  const discriminant = b * b - a * c;
  if (discriminant <= 0) return NONE;
  const root = Math.sqrt(discriminant);
  const enter = Math.max(slabEnter, (-b - root) / a);
  const leave = Math.min(slabLeave, (-b + root) / a);
  return enter > 0 && enter < leave ? enter : NONE;
}

/** A capsule of radius r whose axis is z from -h to h. */
export function enterCapsule(
  r: number,
  h: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const a = dx * dx + dy * dy;
  const b = ox * dx + oy * dy;
  const c = ox * ox + oy * oy - r * r;
  const discriminant = b * b - a * c;
  if (a < 1e-30) {
    if (c >= 0 || Math.abs(oz) <= h) return NONE;
  } else if (discriminant <= 0) {
    return NONE;
  } else {
    const t = (-b - Math.sqrt(discriminant)) / a;
    const z = oz + t * dz;
    if (Math.abs(z) <= h) return t > 0 ? t : NONE;
  }
  // The ray meets the endless cylinder beyond one end, or runs along the axis: only a cap can be entered.
  const top = enterSphere(r, ox, oy, oz - h, dx, dy, dz);
  const bottom = enterSphere(r, ox, oy, oz + h, dx, dy, dz);
  const t = Math.min(top, bottom);
  if (t === NONE) return NONE;
  const z = oz + t * dz;
  return Math.abs(z) >= h ? t : NONE;
}
