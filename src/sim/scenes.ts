import { UnknownNameError, UsageError } from "../common/index.ts";
import { TERRAIN_LEVELS, type TerrainKind } from "./terrain/tile.ts";
import { TiledTerrain } from "./terrain/tiled-terrain.ts";

/** A world to put a robot into: an MJCF below the package's scenes folder, or generated ground. */
export type Scene =
  | { readonly name: string; readonly description: string; readonly file: string }
  | { readonly name: string; readonly description: string; readonly kind: TerrainKind };

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

/** What a scene is asked for in text: a name, or a generated scene with its level, such as "stairs:3". */
export interface SceneRequest {
  readonly scene: Scene;
  /** Difficulty of generated ground, 0 to 9. */
  readonly level: number;
}

/** Level of generated ground where none is asked for. */
const DEFAULT_LEVEL = 3;

/** Reads "NAME" or "NAME:LEVEL". Throws `UsageError` where the level is not 0 to 9 or the scene has none. */
export function parseScene(text: string): SceneRequest {
  const [name = "", level, ...rest] = text.split(":");
  const scene = sceneNamed(name);
  if (level === undefined) return { scene, level: DEFAULT_LEVEL };
  const value = Number(level);
  const isLevel = /^\d+$/.test(level) && value < TERRAIN_LEVELS && rest.length === 0;
  if (!isLevel || "file" in scene) {
    throw new UsageError(
      `"${text}" is no scene.`,
      "file" in scene
        ? `Scene "${name}" has no levels: use "${name}".`
        : `Give a level from 0 to ${TERRAIN_LEVELS - 1}, such as "${name}:3".`,
    );
  }
  return { scene, level: value };
}

/** One tile of generated ground, 12 x 12 m, with the robot's start in its middle at the origin. */
export function generateScene(kind: TerrainKind, level: number, seed: number): TiledTerrain {
  return new TiledTerrain({ kind, seed, levels: [level], tileSize: 12, border: 10 });
}
