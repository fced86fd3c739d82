import { UsageError } from "../../common/index.ts";

/**
 * Ground as heights over a square grid, centred on the origin: `heights[row * columns + column]` is the height, m, at
 * x = (column - (columns - 1) / 2) * cell, y = (row - (rows - 1) / 2) * cell. Between grid points it is the two
 * triangles that MuJoCo makes of each cell, split along the diagonal from the low corner to the high one.
 */
export class HeightField {
  readonly rows: number;
  readonly columns: number;
  /** Distance between grid points, m. */
  readonly cell: number;
  readonly heights: Float32Array;

  constructor(rows: number, columns: number, cell: number, heights = new Float32Array(rows * columns)) {
    if (rows < 2 || columns < 2 || heights.length !== rows * columns) {
      throw new UsageError(
        `${heights.length} heights do not make a grid of ${rows} x ${columns} points.`,
        "Give rows * columns heights, two or more each way.",
      );
    }
    this.rows = rows;
    this.columns = columns;
    this.cell = cell;
    this.heights = heights;
  }

  /** Half the extent along x and y, m. */
  get halfX(): number {
    return ((this.columns - 1) * this.cell) / 2;
  }

  get halfY(): number {
    return ((this.rows - 1) * this.cell) / 2;
  }

  /** Lowest and highest grid point, m. */
  range(): readonly [number, number] {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const height of this.heights) {
      if (height < low) low = height;
      if (height > high) high = height;
    }
    return [low, high];
  }

  /** Height of the surface, m; 0 outside the grid, where the border lies. Allocates nothing. */
  heightAt(x: number, y: number): number {
    const across = (x + this.halfX) / this.cell;
    const along = (y + this.halfY) / this.cell;
    if (!(across >= 0 && along >= 0 && across <= this.columns - 1 && along <= this.rows - 1)) return 0;
    const column = Math.min(Math.floor(across), this.columns - 2);
    const row = Math.min(Math.floor(along), this.rows - 2);
    const u = across - column;
    const v = along - row;
    const { heights, columns } = this;
    const at = row * columns + column;
    const low = heights[at];
    const high = heights[at + columns + 1];
    const corner = u >= v ? heights[at + 1] : heights[at + columns];
    return u >= v
      ? low + u * (corner - low) + v * (high - corner)
      : low + v * (corner - low) + u * (high - corner);
  }
}

/**
 * A bound on the ground in a square around (x, y), m: the highest corner of the cells that it touches, and no less than
 * the border's 0 where it reaches beyond the grid.
 */
export function highestAround(field: HeightField, x: number, y: number, radius: number): number {
  const { columns, rows, cell, heights } = field;
  const left = Math.floor((x - radius + field.halfX) / cell);
  const right = Math.floor((x + radius + field.halfX) / cell) + 1;
  const near = Math.floor((y - radius + field.halfY) / cell);
  const far = Math.floor((y + radius + field.halfY) / cell) + 1;
  const isInside = left >= 0 && near >= 0 && right < columns && far < rows;
  let highest = isInside ? Number.NEGATIVE_INFINITY : 0;
  for (let row = Math.max(0, near); row <= Math.min(rows - 1, far); row++)
    for (let column = Math.max(0, left); column <= Math.min(columns - 1, right); column++)
      highest = Math.max(highest, heights[row * columns + column]);
  return highest;
}

/**
 * The height field in MuJoCo's own binary format: int32 rows, int32 columns, float32 heights, little-endian. The engine
 * scales the heights to [0, 1]; the lowest and highest (`range`) go into the asset's size and the geom's place.
 */
export function encodeHeightField(field: HeightField): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * field.heights.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, field.rows, true);
  view.setInt32(4, field.columns, true);
  for (let i = 0; i < field.heights.length; i++) view.setFloat32(8 + 4 * i, field.heights[i], true);
  return bytes;
}
