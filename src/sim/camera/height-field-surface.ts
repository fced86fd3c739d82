import type { ModelViews } from "../engine/index.ts";
import { type Ray, REACH } from "./ray.ts";

const NONE = Number.POSITIVE_INFINITY;

/**
 * Rays against the height fields of one model: a walk over the grid's cells, two triangles each as MuJoCo splits
 * them, and the vertical walls at the border. Met from outside only.
 */
export class HeightFieldSurface {
  #views: FieldViews;
  /** What the last ray met: twice the cell plus 0 or 1 for its triangle; -1 to -4 for the walls at -x, +x, -y, +y. */
  face = 0;

  constructor(views: ModelViews) {
    this.#views = takeViews(views);
  }

  /** Takes the views again; call after the engine's heap may have grown. */
  refresh(views: ModelViews): void {
    if (this.#views.heights !== views.hfield_data) this.#views = takeViews(views);
  }

  /** Whether a ray in the field's frame enters the field before its reach; then shortens it and sets `face`. */
  enter(field: number, ray: Ray): boolean {
    const { rows, columns, sizes } = this.#views;
    const ox = ray[0];
    const oy = ray[1];
    const oz = ray[2];
    const dx = ray[3];
    const dy = ray[4];
    const dz = ray[5];
    const sx = sizes[4 * field];
    const sy = sizes[4 * field + 1];
    const ix = 1 / (dx === 0 ? 1e-300 : dx);
    const iy = 1 / (dy === 0 ? 1e-300 : dy);
    const iz = 1 / (dz === 0 ? 1e-300 : dz);
    const enterX = -ox * ix - Math.abs(ix) * sx;
    const enterY = -oy * iy - Math.abs(iy) * sy;
    const z1 = (-sizes[4 * field + 3] - oz) * iz;
    const z2 = (sizes[4 * field + 2] - oz) * iz;
    const enter = Math.max(enterX, enterY, Math.min(z1, z2), 0);
    const leaveX = -ox * ix + Math.abs(ix) * sx;
    const leaveY = -oy * iy + Math.abs(iy) * sy;
    const leave = Math.min(leaveX, leaveY, Math.max(z1, z2), ray[REACH]);
    if (enter > leave) return false;
    const cellX = (2 * sx) / (columns[field] - 1);
    const cellY = (2 * sy) / (rows[field] - 1);
    let column = clamp(Math.floor((ox + enter * dx + sx) / cellX), columns[field] - 2);
    let row = clamp(Math.floor((oy + enter * dy + sy) / cellY), rows[field] - 2);
    const isFromSide = enter > 0 && (enter === enterX || enter === enterY);
    if (isFromSide && this.#enterWall(field, ray, enter, row, column, enter === enterX)) return true;
    for (;;) {
      if (this.#enterCell(field, row, column, ray)) return true;
      const nextX = ((column + (dx > 0 ? 1 : 0)) * cellX - sx - ox) * ix;
      const nextY = ((row + (dy > 0 ? 1 : 0)) * cellY - sy - oy) * iy;
      if (Math.min(nextX, nextY) > leave) return false;
      if (nextX < nextY) column += dx > 0 ? 1 : -1;
      else row += dy > 0 ? 1 : -1;
      if (column < 0 || row < 0 || column > columns[field] - 2 || row > rows[field] - 2) return false;
    }
  }

  /** Outward normal of a face, in the field's frame and not normalised, written to `out` [3]. */
  normalAt(field: number, face: number, out: Float64Array): void {
    const { heights, starts, rows, columns, sizes } = this.#views;
    out.fill(0);
    if (face < 0) {
      out[face >= -2 ? 0 : 1] = face % 2 === 0 ? 1 : -1;
      return;
    }
    const low = starts[field] + (face >> 1);
    const high = low + columns[field] + 1;
    const scale = sizes[4 * field + 2];
    const riseX = face % 2 === 0 ? heights[low + 1] - heights[low] : heights[high] - heights[high - 1];
    const riseY = face % 2 === 0 ? heights[high] - heights[low + 1] : heights[high - 1] - heights[low];
    out[0] = (-riseX * scale * (columns[field] - 1)) / (2 * sizes[4 * field]);
    out[1] = (-riseY * scale * (rows[field] - 1)) / (2 * sizes[4 * field + 1]);
    out[2] = 1;
  }

  /** The vertical wall at the border, where the ray comes in below the surface there. */
  #enterWall(field: number, ray: Ray, enter: number, row: number, column: number, isX: boolean): boolean {
    const { heights, starts, rows, columns, sizes } = this.#views;
    const at = starts[field] + row * columns[field] + column;
    const low = heights[at];
    const high = heights[at + columns[field] + 1];
    const u = ((ray[0] + enter * ray[3]) / sizes[4 * field] + 1) * 0.5 * (columns[field] - 1) - column;
    const v = ((ray[1] + enter * ray[4]) / sizes[4 * field + 1] + 1) * 0.5 * (rows[field] - 1) - row;
    const along = heights[at + 1];
    const across = heights[at + columns[field]];
    const height =
      u >= v ? low + u * (along - low) + v * (high - along) : low + v * (across - low) + u * (high - across);
    if (ray[2] + enter * ray[5] >= height * sizes[4 * field + 2]) return false;
    ray[REACH] = enter;
    this.face = isX ? (ray[3] > 0 ? -1 : -2) : ray[4] > 0 ? -3 : -4;
    return true;
  }

  /** The two triangles of a cell share the diagonal from its low corner to its high one. */
  #enterCell(field: number, row: number, column: number, ray: Ray): boolean {
    const { heights, starts, rows, columns, sizes } = this.#views;
    const cell = row * columns[field] + column;
    const at = starts[field] + cell;
    const scale = sizes[4 * field + 2];
    const h00 = heights[at] * scale;
    const h10 = heights[at + 1] * scale;
    const h01 = heights[at + columns[field]] * scale;
    const h11 = heights[at + columns[field] + 1] * scale;
    // In cells from the low corner: z = h00 + gx x + gy y over each triangle.
    const cellsX = (columns[field] - 1) / (2 * sizes[4 * field]);
    const cellsY = (rows[field] - 1) / (2 * sizes[4 * field + 1]);
    const x = (ray[0] + sizes[4 * field]) * cellsX - column;
    const y = (ray[1] + sizes[4 * field + 1]) * cellsY - row;
    const u = ray[3] * cellsX;
    const v = ray[4] * cellsY;
    const before = ray[REACH];
    const lower = fall(h10 - h00, h11 - h10, h00, x, y, ray[2], u, v, ray[5]);
    if (lower < ray[REACH] && isInLower(x + lower * u, y + lower * v)) {
      ray[REACH] = lower;
      this.face = 2 * cell;
    }
    const upper = fall(h11 - h01, h01 - h00, h00, x, y, ray[2], u, v, ray[5]);
    if (upper < ray[REACH] && isInLower(y + upper * v, x + upper * u)) {
      ray[REACH] = upper;
      this.face = 2 * cell + 1;
    }
    return ray[REACH] < before;
  }
}

/** Where a ray passes down through the plane z = h + gx x + gy y. */
function fall(
  gx: number,
  gy: number,
  h: number,
  x: number,
  y: number,
  z: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const rate = gx * dx + gy * dy - dz;
  if (rate <= 0) return NONE;
  const t = (z - h - gx * x - gy * y) / rate;
  return t > 0 ? t : NONE;
}

/** Whether a point lies in the triangle (0, 0), (1, 0), (1, 1), with a hair's breadth so that no seam leaks. */
function isInLower(x: number, y: number): boolean {
  return y >= -1e-9 && x <= 1 + 1e-9 && y <= x + 1e-9;
}

function clamp(index: number, last: number): number {
  return Math.max(0, Math.min(last, index));
}

interface FieldViews {
  readonly heights: Float32Array;
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly sizes: Float64Array;
}

function takeViews(views: ModelViews): FieldViews {
  return {
    heights: views.hfield_data,
    starts: views.hfield_adr,
    rows: views.hfield_nrow,
    columns: views.hfield_ncol,
    sizes: views.hfield_size,
  };
}
