import type { Rng } from "../../common/index.ts";
import type { HeightField } from "./height-field.ts";
import { roughAmplitude } from "./tile.ts";

/** Heights are whole multiples of this, m. */
const UNIT = 0.005;
/** Grid points between two drawn heights. */
const STRIDE = 2;

/**
 * Fills a square of the field with ALMI's rough ground: heights drawn uniformly from the multiples of 5 mm up to the
 * level's amplitude, every 0.2 m, with straight lines between, rounded to 5 mm.
 *
 * @param points grid points along one side of the square
 */
export function layRough(
  field: HeightField,
  row0: number,
  column0: number,
  points: number,
  level: number,
  rng: Rng,
): void {
  const most = Math.floor(roughAmplitude(level) / UNIT + 0.5);
  const knots = Math.floor((points - 1) / STRIDE) + 2;
  const drawn = Float64Array.from({ length: knots * knots }, () => rng.integer(2 * most + 1) - most);
  for (let row = 0; row < points; row++) {
    for (let column = 0; column < points; column++) {
      const height = between(drawn, knots, row / STRIDE, column / STRIDE);
      field.heights[(row0 + row) * field.columns + column0 + column] = UNIT * Math.floor(height + 0.5);
    }
  }
}

/** Bilinear interpolation on a square grid. */
function between(values: Float64Array, size: number, row: number, column: number): number {
  const r = Math.min(Math.floor(row), size - 2);
  const c = Math.min(Math.floor(column), size - 2);
  const v = row - r;
  const u = column - c;
  const at = r * size + c;
  const near = values[at] + u * (values[at + 1] - values[at]);
  const far = values[at + size] + u * (values[at + size + 1] - values[at + size]);
  return near + v * (far - near);
}
