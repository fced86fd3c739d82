import { portableMath } from "../../common/index.ts";
import type { HeightField } from "./height-field.ts";
import { PLATFORM_HALF, SLOPE_RIM, slopeAngle } from "./tile.ts";

/**
 * Fills a square of the field with a pyramid: a flat top of 2 x 2 m, four even slopes, a flat rim at height 0.
 *
 * @param points    grid points along one side of the square
 * @param direction 1 for a hill, -1 for a hollow
 */
export function laySlopes(
  field: HeightField,
  row0: number,
  column0: number,
  points: number,
  level: number,
  direction: 1 | -1,
): void {
  const half = ((points - 1) * field.cell) / 2;
  const angle = slopeAngle(level);
  const gradient = portableMath.sin(angle) / portableMath.cos(angle);
  const foot = half - SLOPE_RIM;
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < points; column++) {
      const fromCentre = Math.max(Math.abs(row * field.cell - half), Math.abs(column * field.cell - half));
      const up = foot - Math.min(foot, Math.max(PLATFORM_HALF, fromCentre));
      field.heights[(row0 + row) * field.columns + column0 + column] = direction * gradient * up;
    }
  }
}
