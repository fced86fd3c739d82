import type { ModelViews } from "../engine/index.ts";

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
    this.#views = takeViews(views);
  }

  /** Where a ray enters a height field, in the field's frame: the smallest t in (0, tMax), Infinity where there is none. */
  enter(
    field: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMax: number,
  ): number {
    const { rows, columns, sizes } = this.#views;
    const sx = sizes[4 * field];
    const sy = sizes[4 * field + 1];
    const top = sizes[4 * field + 2];
    const bottom = -sizes[4 * field + 3];
    const ix = 1 / (dx === 0 ? 1e-300 : dx);
    const iy = 1 / (dy === 0 ? 1e-300 : dy);
    const iz = 1 / (dz === 0 ? 1e-300 : dz);
    const enterX = -ox * ix - Math.abs(ix) * sx;
    const enterY = -oy * iy - Math.abs(iy) * sy;
    const z1 = (bottom - oz) * iz;
    const z2 = (top - oz) * iz;
    const enter = Math.max(enterX, enterY, Math.min(z1, z2), 0);
    const leave = Math.min(
      -ox * ix + Math.abs(ix) * sx,
      -oy * iy + Math.abs(iy) * sy,
      Math.max(z1, z2),
      tMax,
    );
    if (enter > leave) return NONE;
    const cellX = (2 * sx) / (columns[field] - 1);
    const cellY = (2 * sy) / (rows[field] - 1);
    let column = clamp(Math.floor((ox + enter * dx + sx) / cellX), columns[field] - 2);
    let row = clamp(Math.floor((oy + enter * dy + sy) / cellY), rows[field] - 2);
    if (enter > 0 && (enter === enterX || enter === enterY)) {
      const height = this.#heightAt(field, ox + enter * dx, oy + enter * dy, row, column, cellX, cellY);
      if (oz + enter * dz < height) {
        this.face = enter === enterX ? (dx > 0 ? -1 : -2) : dy > 0 ? -3 : -4;
        return enter;
      }
    }
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    for (;;) {
      const t = this.#enterCell(field, row, column, ox, oy, oz, dx, dy, dz, cellX, cellY, leave);
      if (t !== NONE) return t;
      const nextX = ((column + (dx > 0 ? 1 : 0)) * cellX - sx - ox) * ix;
      const nextY = ((row + (dy > 0 ? 1 : 0)) * cellY - sy - oy) * iy;
      if (Math.min(nextX, nextY) > leave) return NONE;
      if (nextX < nextY) column += stepX;
      else row += stepY;
      if (column < 0 || row < 0 || column > columns[field] - 2 || row > rows[field] - 2) return NONE;
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

  /** The two triangles of a cell share the diagonal from its low corner to its high one. */
  #enterCell(
    field: number,
    row: number,
    column: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    cellX: number,
    cellY: number,
    tMax: number,
  ): number {
    const { heights, starts, columns, sizes } = this.#views;
    const at = starts[field] + row * columns[field] + column;
    const scale = sizes[4 * field + 2];
    const h00 = heights[at] * scale;
    const h10 = heights[at + 1] * scale;
    const h01 = heights[at + columns[field]] * scale;
    const h11 = heights[at + columns[field] + 1] * scale;
    const x = (ox + sizes[4 * field]) / cellX - column;
    const y = (oy + sizes[4 * field + 1]) / cellY - row;
    const u = dx / cellX;
    const v = dy / cellY;
    // z = h00 + gx x + gy y over each triangle, x and y counted in cells from the low corner.
    const lower = plane(h10 - h00, h11 - h10, h00, x, y, oz, u, v, dz);
    const upper = plane(h11 - h01, h01 - h00, h00, x, y, oz, u, v, dz);
    let best = NONE;
    if (lower < tMax && isInLower(x + lower * u, y + lower * v)) {
      best = lower;
      this.face = 2 * (row * columns[field] + column);
    }
    if (upper < tMax && upper < best && isInLower(y + upper * v, x + upper * u)) {
      best = upper;
      this.face = 2 * (row * columns[field] + column) + 1;
    }
    return best;
  }

  #heightAt(
    field: number,
    x: number,
    y: number,
    row: number,
    column: number,
    cellX: number,
    cellY: number,
  ): number {
    const { heights, starts, columns, sizes } = this.#views;
    const at = starts[field] + row * columns[field] + column;
    const h00 = heights[at];
    const h11 = heights[at + columns[field] + 1];
    const u = (x + sizes[4 * field]) / cellX - column;
    const v = (y + sizes[4 * field + 1]) / cellY - row;
    const mixed =
      u >= v
        ? h00 + u * (heights[at + 1] - h00) + v * (h11 - heights[at + 1])
        : h00 + v * (heights[at + columns[field]] - h00) + u * (h11 - heights[at + columns[field]]);
    return mixed * sizes[4 * field + 2];
  }
}

/** Where a ray passes down through the plane z = h + gx x + gy y. */
function plane(
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
  const fall = gx * dx + gy * dy - dz;
  if (fall <= 0) return NONE;
  const t = (z - h - gx * x - gy * y) / fall;
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
