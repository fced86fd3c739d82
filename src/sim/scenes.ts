import { UnknownNameError, UsageError } from "../common/index.ts";
import { LEAST_SIDE, MOST_SIDE, TERRAIN_LEVELS, type TerrainKind } from "./terrain/tile.ts";
import { TiledTerrain } from "./terrain/tiled-terrain.ts";

/** A world to put a robot into: an MJCF below the package's scenes folder, or generated ground. */
export type Scene =
  | { readonly name: string; readonly description: string; readonly file: string }
  | { readonly name: string; readonly description: string; readonly kind: TerrainKind };

/** Generated ground: the same request makes the same ground anywhere. */
export interface GroundRequest {
  readonly kind: TerrainKind;
  readonly level: number;
  readonly seed: number;
  /** Side of the square, m; default: 12. */
  readonly side?: number;
}

/** All worlds that ship. Generated ones take a level and a seed. */
export const SCENES: readonly Scene[] = [
  { name: "flat", file: "flat.xml", description: "level ground without end" },
  {
    name: "push",
    file: "push.xml",
    description:
      "a lane with bollards on springs, a hanging bag, crates to shove and posts; lanes for runs with pushes",
  },
  {
    name: "tabletop",
    file: "tabletop.xml",
    description: "table with boxes, cylinder, parcel, tray and basket; a door with a latch; a wagon to push",
  },
  { name: "rough", kind: "rough", description: "random bumps, from 5 mm at level 0 to 5 cm at level 9" },
  {
    name: "slopes",
    kind: "slopes",
    description: "a hill with slopes from 2 degrees at level 0 to 20 at level 9",
  },
  {
    name: "stairs",
    kind: "stairs",
    description: "a pyramid of steps from 2 cm at level 0 to 20 cm at level 9",
  },
];

/** Looks a scene up. Throws `UnknownNameError` with the names that exist. */
function sceneNamed(name: string): Scene {
  const scene = SCENES.find((candidate) => candidate.name === name);
  if (scene === undefined)
    throw new UnknownNameError(
      "scene",
      name,
      SCENES.map((candidate) => candidate.name),
    );
  return scene;
}

/** What a scene is asked for in text: a name, or a generated scene with its level and side, such as "stairs:3". */
export interface SceneRequest {
  readonly scene: Scene;
  /** Difficulty of generated ground, 0 to 9. */
  readonly level: number;
  /** Side of the square of generated ground, m; level ground lies around it. */
  readonly side: number;
}

/** Level and side of generated ground where none are asked for. */
const DEFAULT_LEVEL = 3;
const DEFAULT_SIDE = 12;

/** Reads "NAME", "NAME:LEVEL" or "NAME:LEVEL:SIDE". Throws `UsageError` for a level or side that there is not, or a scene without. */
export function parseScene(text: string): SceneRequest {
  const [name = "", ...numbers] = text.split(":");
  const scene = sceneNamed(name);
  const [level = DEFAULT_LEVEL, side = DEFAULT_SIDE] = numbers.map(Number);
  const isGround =
    numbers.every((number) => /^\d+$/.test(number)) &&
    numbers.length <= 2 &&
    level < TERRAIN_LEVELS &&
    side >= LEAST_SIDE &&
    side <= MOST_SIDE;
  if (numbers.length > 0 && (!isGround || "file" in scene)) {
    throw new UsageError(
      `"${text}" is no scene.`,
      "file" in scene
        ? `Scene "${name}" has no levels: use "${name}".`
        : `Give a level from 0 to ${TERRAIN_LEVELS - 1}, such as "${name}:3", and, if you like, a side from ${LEAST_SIDE} to ${MOST_SIDE} m, such as "${name}:3:64".`,
    );
  }
  return { scene, level, side };
}

/** One square of generated ground, with the robot's start in its middle at the origin. */
export function generateScene({ kind, level, seed, side = DEFAULT_SIDE }: GroundRequest): TiledTerrain {
  return new TiledTerrain({ kind, seed, levels: [level], tileSize: side });
}
