import type { Rng } from "../../common/index.ts";
import { HeightField, highestAround } from "./height-field.ts";
import { layRough } from "./rough.ts";
import { laySlopes } from "./slopes.ts";
import { type Step, stairs, stairsHeightAt } from "./stairs.ts";
import { GRID_CELL } from "./tile.ts";
import type { TileLayout } from "./tile-layout.ts";

/** The shape of the ground: a height field, or boxes on a plane. */
export type Ground =
  | { readonly field: HeightField; readonly steps: null }
  | { readonly field: null; readonly steps: readonly Step[][] };

/** Makes the ground of a layout. Each tile's draws depend on the seed, its level and its column alone. */
export function makeGround(layout: TileLayout, rng: Rng): Ground {
  if (layout.kind !== "stairs") return { field: makeField(layout, rng), steps: null };
  const steps = layout.tiles.map(({ x, y, level }) => stairs(x, y, layout.tileSize, level));
  return { field: null, steps };
}

/** Height of the ground at a point, m. */
export function groundHeightAt(ground: Ground, layout: TileLayout, x: number, y: number): number {
  if (ground.field !== null) return ground.field.heightAt(x, y);
  const tile = layout.tileAt(x, y);
  return tile < 0 ? 0 : stairsHeightAt(ground.steps[tile], x, y);
}

/** Highest ground in a square around a point, or a little more, m. */
export function groundTopAround(ground: Ground, x: number, y: number, radius: number): number {
  if (ground.field !== null) return highestAround(ground.field, x, y, radius);
  return ground.steps.reduce((top, steps) => Math.max(top, stairsHeightAt(steps, x, y, radius)), 0);
}

function makeField(layout: TileLayout, rng: Rng): HeightField {
  const cells = Math.floor(layout.tileSize / GRID_CELL + 0.5);
  const field = new HeightField(layout.columns * cells + 1, layout.levels.length * cells + 1, GRID_CELL);
  layout.tiles.forEach(({ level, column }, i) => {
    const row0 = column * cells;
    const column0 = Math.floor(i / layout.columns) * cells;
    // Neighbours share the grid points between them; the later tile decides.
    if (layout.kind === "rough")
      layRough(field, row0, column0, cells + 1, level, rng.fork(`${level}/${column}`));
    else laySlopes(field, row0, column0, cells + 1, level, column % 2 === 0 ? 1 : -1);
  });
  return field;
}
