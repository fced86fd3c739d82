import { type MutableVector, portableMath, type Vector } from "../../common/index.ts";

/**
 * Orientation of the pelvis from that of the torso above the waist: R_pelvis = R_torso Rz(q)ᵀ. `out` may be `torso`.
 *
 * @param torso world from torso, [w, x, y, z]
 * @param q waist yaw, rad
 */
export function pelvisFromTorso<T extends MutableVector>(torso: Vector, q: number, out: T): T {
  const c = portableMath.cos(q / 2);
  const s = portableMath.sin(q / 2);
  const [w, x, y, z] = [torso[0], torso[1], torso[2], torso[3]];
  out[0] = w * c + z * s;
  out[1] = x * c - y * s;
  out[2] = y * c + x * s;
  out[3] = z * c - w * s;
  return out;
}

/**
 * Angular velocity of the pelvis (its frame) from that of the torso (its frame): Rz(q) ω - (0, 0, dq). `out` may be `gyro`.
 *
 * @param dq waist yaw rate, rad/s
 */
export function pelvisRateFromTorso<T extends MutableVector>(gyro: Vector, q: number, dq: number, out: T): T {
  const c = portableMath.cos(q);
  const s = portableMath.sin(q);
  const [x, y, z] = [gyro[0], gyro[1], gyro[2]];
  out[0] = c * x - s * y;
  out[1] = s * x + c * y;
  out[2] = z - dq;
  return out;
}
