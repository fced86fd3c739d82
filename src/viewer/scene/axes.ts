import { Matrix4, Object3D, Quaternion, Vector3 } from "three";

/**
 * The one place where MuJoCo's conventions meet three.js's. Positions need no conversion: the page's world is z-up as
 * MuJoCo's is (`useZUp`). Quaternions are [w, x, y, z] there and (x, y, z, w) here. three.js's round shapes stand on
 * their y axis, MuJoCo's on z (`standOnZ`). Cameras of both look along -z with y up.
 */

/** Makes z point up in everything that three.js creates from now on. */
export function useZUp(): void {
  Object3D.DEFAULT_UP.set(0, 0, 1);
}

/** Turns a geometry whose axis is three.js's y so that it is MuJoCo's z. */
export const standOnZ: Matrix4 = new Matrix4().makeRotationX(Math.PI / 2);

/** Writes MuJoCo's [w, x, y, z], from `at` on, into a three.js quaternion and returns it. */
function readQuaternion(values: ArrayLike<number>, at: number, out: Quaternion): Quaternion {
  return out.set(values[at + 1], values[at + 2], values[at + 3], values[at]);
}

/** Writes a position, from `at` on, into a vector and returns it. */
function readVector(values: ArrayLike<number>, at: number, out: Vector3): Vector3 {
  return out.set(values[at], values[at + 1], values[at + 2]);
}

/** Numbers a body pose takes: position [3], m, and orientation [w, x, y, z]. */
export const POSE_SIZE = 7;

const position = new Vector3();
const orientation = new Quaternion();
const ONE = new Vector3(1, 1, 1);

/** The matrix of a body's pose in an array of poses [7 n]. Allocates nothing. */
export function poseMatrix(poses: ArrayLike<number>, body: number, out: Matrix4): Matrix4 {
  const at = POSE_SIZE * body;
  return out.compose(readVector(poses, at, position), readQuaternion(poses, at + 3, orientation), ONE);
}

/** The matrix of something fixed in its body's frame, with a scale. */
export function localMatrix(pos: ArrayLike<number>, quat: ArrayLike<number>, scale: Vector3 = ONE): Matrix4 {
  const where = readVector(pos, 0, new Vector3());
  return new Matrix4().compose(where, readQuaternion(quat, 0, new Quaternion()), scale);
}
