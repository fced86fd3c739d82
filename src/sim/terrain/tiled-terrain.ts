import { Rng } from "../../common/index.ts";
import type { ModelSource } from "../engine/index.ts";
import type { Terrain } from "../env.ts";
import { type Ground, groundHeightAt, groundTopAround, makeGround } from "./ground.ts";
import { terrainModel } from "./terrain-model.ts";
import { TERRAIN_LEVELS, TILE_SIZE } from "./tile.ts";
import { type TerrainConfig, TileLayout } from "./tile-layout.ts";

/** How far from a place a standing robot's feet reach, m. */
const FOOTPRINT = 0.3;

/**
 * Generated ground: the same config makes the same bits anywhere. One terrain may serve many environments; each takes a
 * start of its own from `startingAt`.
 */
export class TiledTerrain implements Terrain {
  readonly layout: TileLayout;
  readonly ground: Ground;

  constructor(config: TerrainConfig) {
    this.layout = new TileLayout(config);
    this.ground = makeGround(this.layout, new Rng(this.layout.seed).fork("terrain"));
  }

  /** The world as MJCF with its height field, to compose robots into. */
  model(): ModelSource {
    return terrainModel(this.layout, this.ground);
  }

  heightAt(x: number, y: number): number {
    return groundHeightAt(this.ground, this.layout, x, y);
  }

  /**
   * Highest ground in the square that a standing robot's feet may reach around (x, y), or a little more, m: a robot
   * that is put this much higher starts above the ground.
   */
  clearHeightAt(x: number, y: number, radius: number = FOOTPRINT): number {
    return groundTopAround(this.ground, x, y, radius);
  }

  /** The centre of a tile drawn from all. */
  spawn(rng: Rng): readonly [number, number] {
    const { x, y } = this.layout.tiles[rng.integer(this.layout.tiles.length)];
    return [x, y];
  }

  /** A view for one environment whose episodes start on tiles of rows `low` to `high`; change them between episodes. */
  startingAt(low: number, high: number = low): TerrainStart {
    return new TerrainStart(this, low, high);
  }
}

/** One environment's use of a terrain: where its episodes start. */
export class TerrainStart implements Terrain {
  readonly terrain: TiledTerrain;
  /** Rows of tiles in which episodes start: indices into the layout's levels. */
  low: number;
  high: number;
  /** The tile of the last start, an index into the layout's tiles. */
  tile = 0;

  constructor(terrain: TiledTerrain, low: number, high: number) {
    this.terrain = terrain;
    this.low = low;
    this.high = high;
  }

  heightAt(x: number, y: number): number {
    return this.terrain.heightAt(x, y);
  }

  clearHeightAt(x: number, y: number): number {
    return this.terrain.clearHeightAt(x, y);
  }

  /** The centre of a tile in the current rows. Takes two draws. */
  spawn(rng: Rng): readonly [number, number] {
    const { columns, tiles } = this.terrain.layout;
    const row = this.low + rng.integer(this.high - this.low + 1);
    this.tile = row * columns + rng.integer(columns);
    const { x, y } = tiles[this.tile];
    return [x, y];
  }
}

/** The rough ground that ALMI trains on: ten levels of 8 x 8 m tiles, 20 of each, on level ground. */
export function almiTerrain(seed: number, columns = 20): TiledTerrain {
  return new TiledTerrain({
    kind: "rough",
    seed,
    levels: allLevels(),
    columns,
    tileSize: TILE_SIZE,
  });
}

/** Levels 0 to 9, each once. */
export function allLevels(): number[] {
  return Array.from({ length: TERRAIN_LEVELS }, (_, level) => level);
}
