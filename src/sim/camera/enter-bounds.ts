/**
 * Where a ray enters an axis-aligned box before tMax: t, 0 from inside, Infinity where it does not. The centre and half
 * sides form, which takes fewer comparisons than two corners.
 *
 * @param boxes centre and half sides of many boxes, [boxes, 6], read at `at`
 * @param ix one over the ray's direction, likewise iy, iz; finite
 */
export function enterBounds(
  boxes: Float64Array,
  at: number,
  ox: number,
  oy: number,
  oz: number,
  ix: number,
  iy: number,
  iz: number,
  tMax: number,
): number {
  const cx = (boxes[at] - ox) * ix;
  const cy = (boxes[at + 1] - oy) * iy;
  const cz = (boxes[at + 2] - oz) * iz;
  const hx = boxes[at + 3] * Math.abs(ix);
  const hy = boxes[at + 4] * Math.abs(iy);
  const hz = boxes[at + 5] * Math.abs(iz);
  const enter = Math.max(cx - hx, cy - hy, cz - hz, 0);
  const leave = Math.min(cx + hx, cy + hy, cz + hz, tMax);
  return enter <= leave ? enter : Number.POSITIVE_INFINITY;
}
