/**
 * A ray as numbers side by side: origin x, y, z, direction x, y, z (any length) and reach t, the last so that the ray
 * ends at origin + t direction. Whatever the ray meets shortens t. Rays travel in arrays because numbers handed from
 * function to function one by one would each be boxed on the heap.
 */
export type Ray = Float64Array;

/** Where in a ray its reach is. */
export const REACH = 6;

/** A ray of no direction; fill it before use. */
export function newRay(): Ray {
  return new Float64Array(7);
}

/** A point of a surface that is looked at. */
export interface SurfacePoint {
  /** Slot in the scene's table, and triangle or cell for meshes and height fields. */
  slot: number;
  face: number;
  /** World, m, [3]. */
  readonly position: Float64Array;
  /** Unit direction from the point to the eye, [3]. */
  readonly toEye: Float64Array;
  /** Width of a pixel at this distance, m, and its length along the surface. */
  pixel: number;
  footprint: number;
}

export function newSurfacePoint(): SurfacePoint {
  return {
    slot: -1,
    face: -1,
    position: new Float64Array(3),
    toEye: new Float64Array(3),
    // Fractions, so that the engine keeps these as floating point from the start.
    pixel: 0.5,
    footprint: 0.5,
  };
}

/** Sets a surface point to where a ray ends; `ray`'s direction counts 1 along the optical axis. @param fx focal length, pixels */
export function landAt(point: SurfacePoint, ray: Ray, slot: number, face: number, fx: number): void {
  const t = ray[REACH];
  const scale = -1 / Math.sqrt(ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5]);
  point.slot = slot;
  point.face = face;
  point.pixel = t / fx;
  for (let k = 0; k < 3; k++) {
    point.position[k] = ray[k] + t * ray[3 + k];
    point.toEye[k] = scale * ray[3 + k];
  }
}
