import { asin, atan2, cos, sin } from "./portable-math.ts";

/** Anything indexable that holds numbers: a view on engine memory, a typed array, a plain tuple. */
export type Vector = ArrayLike<number>;
export type MutableVector = { [index: number]: number; readonly length: number };

/**
 * Gravity as a body feels it: the world's down direction in that body's frame.
 *
 * @param quat orientation (world from body), [w, x, y, z], unit length
 * @param out written and returned; unit vector [3], [0, 0, -1] while the body stands upright
 */
export function projectedGravity<T extends MutableVector>(quat: Vector, out: T): T {
  const w = quat[0];
  const x = quat[1];
  const y = quat[2];
  const z = quat[3];
  out[0] = 2 * (w * y - x * z);
  out[1] = -2 * (y * z + w * x);
  out[2] = 2 * (x * x + y * y) - 1;
  return out;
}

/** Rotates a vector from the body frame to the world frame. `out` may be `vector`. */
export function rotate<T extends MutableVector>(quat: Vector, vector: Vector, out: T): T {
  return rotateBy(quat[0], quat[1], quat[2], quat[3], vector, out);
}

/** Rotates a vector from the world frame to the body frame. `out` may be `vector`. */
export function rotateInverse<T extends MutableVector>(quat: Vector, vector: Vector, out: T): T {
  return rotateBy(quat[0], -quat[1], -quat[2], -quat[3], vector, out);
}

/** The rotation "first b, then a": world from inner = (world from outer) * (outer from inner). `out` may be a or b. */
export function multiply<T extends MutableVector>(a: Vector, b: Vector, out: T): T {
  const [aw, ax, ay, az] = [a[0], a[1], a[2], a[3]];
  const [bw, bx, by, bz] = [b[0], b[1], b[2], b[3]];
  out[0] = aw * bw - ax * bx - ay * by - az * bz;
  out[1] = aw * bx + ax * bw + ay * bz - az * by;
  out[2] = aw * by - ax * bz + ay * bw + az * bx;
  out[3] = aw * bz + ax * by - ay * bx + az * bw;
  return out;
}

/** Rotation by `yaw` rad about the world's z axis, as [w, x, y, z]. */
export function fromYaw(yaw: number): [number, number, number, number] {
  return [cos(yaw / 2), 0, 0, sin(yaw / 2)];
}

/** Heading about the world's z axis, rad, in (-pi, pi]. */
export function yawOf(quat: Vector): number {
  const [w, x, y, z] = [quat[0], quat[1], quat[2], quat[3]];
  return atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
}

/** Rotation about the nose (x) that is left after yaw and pitch, rad, in (-pi, pi]. */
export function rollOf(quat: Vector): number {
  const [w, x, y, z] = [quat[0], quat[1], quat[2], quat[3]];
  return atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y));
}

/** How far the nose points below the horizon, rad, in [-pi/2, pi/2]. */
export function pitchOf(quat: Vector): number {
  return asin(2 * (quat[0] * quat[2] - quat[3] * quat[1]));
}

/** Roll, pitch and yaw in rad (intrinsic z-y'-x'', as Unitree's `rpy`). */
export function toRollPitchYaw(quat: Vector): [number, number, number] {
  return [rollOf(quat), pitchOf(quat), yawOf(quat)];
}

/** The angle between two orientations, rad, in [0, pi]. */
export function angleBetween(a: Vector, b: Vector): number {
  const relative = multiply([a[0], -a[1], -a[2], -a[3]], b, [1, 0, 0, 0]);
  const [w, x, y, z] = relative as [number, number, number, number];
  return 2 * atan2(Math.sqrt(x * x + y * y + z * z), Math.abs(w));
}

function rotateBy<T extends MutableVector>(w: number, x: number, y: number, z: number, v: Vector, out: T): T {
  const [vx, vy, vz] = [v[0], v[1], v[2]];
  const tx = 2 * (y * vz - z * vy);
  const ty = 2 * (z * vx - x * vz);
  const tz = 2 * (x * vy - y * vx);
  out[0] = vx + w * tx + (y * tz - z * ty);
  out[1] = vy + w * ty + (z * tx - x * tz);
  out[2] = vz + w * tz + (x * ty - y * tx);
  return out;
}
