import type { Rng } from "../../common/index.ts";

/** What a finished episode says about the terrain it ran on. */
export interface TerrainOutcome {
  /** Distance between where the robot started and where it ended, m. */
  readonly distance: number;
  /** Speed that it was asked for, m/s. */
  readonly commandSpeed: number;
  /** Longest an episode can last, s. */
  readonly episodeSeconds: number;
}

/**
 * The row of tiles for the next episode, by ALMI's rule: one up after walking more than half a tile, else one down after
 * less than half the distance asked for; beyond the last row, a random one. Takes one draw, whatever it decides.
 */
export function nextTerrainRow(row: number, rows: number, outcome: TerrainOutcome, rng: Rng): number {
  const anywhere = rng.integer(rows);
  if (outcome.distance > 4) return row + 1 < rows ? row + 1 : anywhere;
  const isSlow = outcome.distance < 0.5 * outcome.commandSpeed * outcome.episodeSeconds;
  return isSlow ? Math.max(0, row - 1) : row;
}
