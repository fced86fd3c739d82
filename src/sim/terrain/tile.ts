/** What the ground is like: random bumps, pyramids with slopes, pyramids with steps. */
export type TerrainKind = "rough" | "slopes" | "stairs";

/** Difficulty levels: 0 is nearly flat, 9 is the hardest. */
export const TERRAIN_LEVELS = 10;

/** Least and greatest side of a tile, m. */
export const LEAST_SIDE = 4;
export const MOST_SIDE = 100;

/** Width of the level ground around the tiles, m: more than anybody walks in a session. */
export const BORDER = 500;

/** Side of a tile in the grids that policies are trained on, m. */
export const TILE_SIZE = 8;

/** Distance between grid points of height fields, m. */
export const GRID_CELL = 0.1;

/** Half the side of the flat top of a pyramid, m. */
export const PLATFORM_HALF = 1;

/** A flat rim around slopes, so that neighbours meet at height 0, m. */
export const SLOPE_RIM = 0.4;

/** Depth of a step, m. */
export const STEP_DEPTH = 0.3;

/** Greatest height above or below 0 of rough ground, m: 5 mm at level 0, 5 cm at level 9 (ALMI's recipe). */
export function roughAmplitude(level: number): number {
  return 0.005 * (1 + level);
}

/** Inclination of slopes, rad: 2 degrees at level 0, 20 at level 9. */
export function slopeAngle(level: number): number {
  return ((2 + 2 * level) * Math.PI) / 180;
}

/** Height of one step, m: 2 cm at level 0, 20 cm at level 9. */
export function stepHeight(level: number): number {
  return 0.02 * (1 + level);
}
