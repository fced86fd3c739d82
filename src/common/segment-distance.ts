/**
 * Least distance between two segments, m (after Ericson, Real-Time Collision Detection, 5.1.9): from the nearest place of
 * the first's line to the second, and from there to the first. Allocates nothing.
 *
 * @param a start [3] and end [3] of the first segment, from `atA` on
 * @param b the second one's, from `atB` on
 */
export function segmentDistance(a: Float64Array, atA: number, b: Float64Array, atB: number): number {
  const ux = a[atA + 3] - a[atA];
  const uy = a[atA + 4] - a[atA + 1];
  const uz = a[atA + 5] - a[atA + 2];
  const vx = b[atB + 3] - b[atB];
  const vy = b[atB + 4] - b[atB + 1];
  const vz = b[atB + 5] - b[atB + 2];
  const rx = a[atA] - b[atB];
  const ry = a[atA + 1] - b[atB + 1];
  const rz = a[atA + 2] - b[atB + 2];
  const uu = ux * ux + uy * uy + uz * uz;
  const vv = vx * vx + vy * vy + vz * vz;
  const uv = ux * vx + uy * vy + uz * vz;
  const ur = ux * rx + uy * ry + uz * rz;
  const vr = vx * rx + vy * ry + vz * rz;
  // Of cross products: from uu * vv - uv * uv nothing is left where lines are nearly parallel.
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const nn = nx * nx + ny * ny + nz * nz;
  const along = nx * (vy * rz - vz * ry) + ny * (vz * rx - vx * rz) + nz * (vx * ry - vy * rx);
  let s = nn > 0 ? clamp01(along / nn) : 0;
  const t = vv > 0 ? clamp01((uv * s + vr) / vv) : 0;
  s = uu > 0 ? clamp01((uv * t - ur) / uu) : 0;
  const dx = rx + s * ux - t * vx;
  const dy = ry + s * uy - t * vy;
  const dz = rz + s * uz - t * vz;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

function clamp01(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
