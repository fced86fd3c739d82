/** A rotation by small angles about x and y, rad, exact to first order and of unit length; written to `out` and returned. */
export function smallRotation(
  roll: number,
  pitch: number,
  out: [number, number, number, number],
): [number, number, number, number] {
  const x = roll / 2;
  const y = pitch / 2;
  const norm = Math.sqrt(1 + x * x + y * y);
  out[0] = 1 / norm;
  out[1] = x / norm;
  out[2] = y / norm;
  return out;
}
