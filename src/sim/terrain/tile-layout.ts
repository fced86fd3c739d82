import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import {
  BORDER,
  GRID_CELL,
  LEAST_SIDE,
  MOST_SIDE,
  TERRAIN_LEVELS,
  type TerrainKind,
  TILE_SIZE,
} from "./tile.ts";

/** Square tiles in a grid: one row of tiles per level along x, `columns` of them along y. */
export const TerrainConfig = z.strictObject({
  kind: z.enum(["rough", "slopes", "stairs"]),
  seed: z.int().nonnegative().default(0),
  levels: z
    .array(
      z
        .int()
        .min(0)
        .max(TERRAIN_LEVELS - 1),
    )
    .min(1)
    .describe("level of each row of tiles"),
  columns: z.int().positive().max(100).default(1).describe("tiles of each level"),
  tileSize: z.number().min(LEAST_SIDE).max(MOST_SIDE).default(TILE_SIZE).describe("side of a tile, m"),
  border: z.number().positive().default(BORDER).describe("flat ground around the tiles, m"),
});
export type TerrainConfig = z.input<typeof TerrainConfig>;

/** One tile: its centre, m, its level and its place across the row. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly level: number;
  readonly column: number;
}

/** Where the tiles of a terrain lie. The grid is centred on the origin. */
export class TileLayout {
  readonly kind: TerrainKind;
  readonly seed: number;
  readonly levels: readonly number[];
  readonly columns: number;
  readonly tileSize: number;
  readonly border: number;
  /** All tiles, level by level. */
  readonly tiles: readonly Tile[];

  /** Throws `UsageError` where the config does not hold. */
  constructor(config: TerrainConfig) {
    const parsed = TerrainConfig.safeParse(config);
    if (!parsed.success) {
      throw new UsageError(
        `This is no terrain: ${z.prettifyError(parsed.error)}.`,
        `Levels go from 0 to ${TERRAIN_LEVELS - 1}, tiles from ${LEAST_SIDE} to ${MOST_SIDE} m.`,
      );
    }
    const { kind, seed, levels, columns, tileSize, border } = parsed.data;
    this.kind = kind;
    this.seed = seed;
    this.levels = levels;
    this.columns = columns;
    this.tileSize = GRID_CELL * Math.floor(tileSize / GRID_CELL + 0.5);
    this.border = border;
    this.tiles = levels.flatMap((level, row) =>
      Array.from({ length: columns }, (_, column) => ({
        x: (row - (levels.length - 1) / 2) * this.tileSize,
        y: (column - (columns - 1) / 2) * this.tileSize,
        level,
        column,
      })),
    );
  }

  get halfX(): number {
    return (this.levels.length * this.tileSize) / 2;
  }

  get halfY(): number {
    return (this.columns * this.tileSize) / 2;
  }

  /** Index of the tile that holds a point; -1 on the border. */
  tileAt(x: number, y: number): number {
    const row = Math.floor((x + this.halfX) / this.tileSize);
    const column = Math.floor((y + this.halfY) / this.tileSize);
    const isInside = row >= 0 && column >= 0 && row < this.levels.length && column < this.columns;
    return isInside ? row * this.columns + column : -1;
  }
}
