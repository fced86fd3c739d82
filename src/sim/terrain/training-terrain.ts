import { z } from "zod";
import type { Rng } from "../../common/index.ts";
import type { Environment } from "../env.ts";
import { nextTerrainRow } from "./terrain-curriculum.ts";
import { TERRAIN_LEVELS } from "./tile.ts";
import { almiTerrain, type TerrainStart, type TiledTerrain } from "./tiled-terrain.ts";

/** Rough ground to train on: the same for all environments, each of which climbs its levels by itself. */
export const TrainingTerrain = z.strictObject({
  seed: z.int().nonnegative().default(0),
  columns: z.int().positive().max(100).default(4).describe("tiles of each level; ALMI lays out 20"),
  startLevels: z
    .int()
    .min(1)
    .max(TERRAIN_LEVELS)
    .default(6)
    .describe("the first episodes start on as many of the lowest levels"),
});
export type TrainingTerrain = z.infer<typeof TrainingTerrain>;

/** The ground of a config: the same bits in every worker. */
export function trainingTerrain({ seed, columns }: TrainingTerrain): TiledTerrain {
  return almiTerrain(seed, columns);
}

/** Writes the row in which each environment starts: uniform over the lowest levels. */
export function drawFirstRows({ startLevels }: TrainingTerrain, rng: Rng, rows: Int32Array): void {
  for (let i = 0; i < rows.length; i++) rows[i] = rng.integer(startLevels);
}

/** One environment's climb through the levels of a terrain, by ALMI's rule. */
export class TerrainClimb {
  readonly start: TerrainStart;
  readonly #rng: Rng;

  /** @param rng a source of its own, which the draws of the episodes do not depend on */
  constructor(terrain: TiledTerrain, rng: Rng) {
    this.start = terrain.startingAt(0);
    this.#rng = rng;
  }

  /** The row for the episode after the one that has just ended. */
  nextRow({ plant: { truth }, config }: Environment): number {
    const { terrain, tile, low } = this.start;
    const { tiles, levels } = terrain.layout;
    const east = truth.basePos[0] - tiles[tile].x;
    const north = truth.basePos[1] - tiles[tile].y;
    const [vx, vy] = truth.command;
    const outcome = {
      distance: Math.sqrt(east * east + north * north),
      commandSpeed: Math.sqrt(vx * vx + vy * vy),
      episodeSeconds: config.episodeSeconds,
    };
    return nextTerrainRow(low, levels.length, outcome, this.#rng);
  }

  /** Says in which row episodes start from now on. */
  moveTo(row: number): void {
    this.start.low = this.start.high = row;
  }
}
