import { PLATFORM_HALF, STEP_DEPTH, stepHeight } from "./tile.ts";

/** A box that stands on the ground, axes along the world's. */
export interface Step {
  /** Centre of the footprint, m. */
  readonly x: number;
  readonly y: number;
  /** Half the side of the square footprint, m. */
  readonly half: number;
  /** Height of the top above the ground, m. */
  readonly top: number;
}

/**
 * A square pyramid of steps around (x, y), from the widest to the platform; one box per step, each standing on the
 * ground, so that faces are vertical and tops exactly at multiples of the step's height.
 *
 * @param size side of the tile that must hold it, m
 */
export function stairs(x: number, y: number, size: number, level: number): Step[] {
  const count = Math.floor((size / 2 - PLATFORM_HALF) / STEP_DEPTH + 1e-9);
  return Array.from({ length: count }, (_, i) => ({
    x,
    y,
    half: PLATFORM_HALF + (count - 1 - i) * STEP_DEPTH,
    top: (i + 1) * stepHeight(level),
  }));
}

/**
 * Height of the stairs at a point, or of the highest step within a square around it, m; 0 beside them. Steps must be
 * ordered from the widest up, as `stairs` returns them.
 */
export function stairsHeightAt(steps: readonly Step[], x: number, y: number, radius = 0): number {
  let height = 0;
  for (const step of steps) {
    const reach = step.half + radius;
    if (Math.abs(x - step.x) > reach || Math.abs(y - step.y) > reach) break;
    height = step.top;
  }
  return height;
}
