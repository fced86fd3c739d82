import { Rng } from "../../common/index.ts";
import type { Placement, Vec3 } from "./workbench.ts";

/** Which scenes an episode draws from. Places of the things that matter never coincide between two splits. */
export const SPLITS = ["train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** What an episode may take from outside of the training distribution. */
export const SHIFTS = ["poses", "colours", "distractors", "wordings"] as const;
export type Shift = (typeof SHIFTS)[number];

/** Names one episode: equal requests give equal scenes, instructions and first states. */
export interface EpisodeRequest {
  readonly split: Split;
  readonly seed: number;
  /** Default: none. */
  readonly shifts?: readonly Shift[];
}

/** One drawn scene: plain data, so that it can be stored beside a demonstration. */
export interface Layout {
  readonly instruction: string;
  /** The body that the instruction speaks of. */
  readonly target: string;
  /** What else the task must know, such as which tray or which hand. */
  readonly goal: string;
  readonly things: readonly Placement[];
  /** Colour of geoms, sRGB 0 to 1. */
  readonly colours: Readonly<Record<string, Vec3>>;
  /** Where the hands begin, world, m. */
  readonly hands: { readonly left: Vec3; readonly right: Vec3 };
}

/** The random source of an episode's scene; splits and shifts have their own. */
export function sceneRng({ split, seed, shifts = [] }: EpisodeRequest, task: string): Rng {
  return new Rng(seed).fork(`${task}/${split}/${[...shifts].sort().join("+")}`);
}

/** Edge of the squares by which places are dealt to the splits, m. */
const CELL = 0.02;

/**
 * Which split owns a place on the bench: squares of 2 cm are dealt by a hash, seven in ten to training. A test scene
 * thus never has its target where a training scene could have had it, though neighbours may be close.
 */
export function splitOf(x: number, y: number): Split {
  const column = Math.floor(x / CELL);
  const row = Math.floor(y / CELL);
  const share = new Rng(0).fork(`${column},${row}`).uniform();
  return share < 0.7 ? "train" : share < 0.85 ? "validation" : "test";
}

/** A rectangle on the bench in which things are put, m. */
export interface Area {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** How far beyond its area a thing stands where poses are shifted, m. */
const MARGIN = 0.035;

/**
 * A place in an area that belongs to the request's split; with shifted poses, in a frame of 3.5 cm around the area,
 * where no unshifted episode has it.
 */
export function drawPlace(rng: Rng, area: Area, request: EpisodeRequest): readonly [number, number] {
  const isShifted = request.shifts?.includes("poses") === true;
  const margin = isShifted ? MARGIN : 0;
  for (;;) {
    const x = rng.uniform(area.x[0] - margin, area.x[1] + margin);
    const y = rng.uniform(area.y[0] - margin, area.y[1] + margin);
    const isInside = x >= area.x[0] && x < area.x[1] && y >= area.y[0] && y < area.y[1];
    if (isShifted ? !isInside : splitOf(x, y) === request.split) return [x, y];
  }
}

/** Colours that have a name; things take a shade of it. sRGB 0 to 1. */
export const COLOURS = {
  red: [0.84, 0.16, 0.14],
  green: [0.16, 0.62, 0.26],
  blue: [0.13, 0.33, 0.8],
  yellow: [0.95, 0.78, 0.12],
} as const satisfies Readonly<Record<string, Vec3>>;
export type ColourName = keyof typeof COLOURS;
export const COLOUR_NAMES = Object.keys(COLOURS) as readonly ColourName[];

/** A shade of a named colour: up to 15 % brighter or darker; with shifted colours, 25 to 45 % paler or darker. */
export function drawShade(rng: Rng, name: ColourName, request: EpisodeRequest): Vec3 {
  const isShifted = request.shifts?.includes("colours") === true;
  const brightness = rng.uniform(0.85, 1.15);
  const strength = rng.uniform(0.25, 0.45);
  const isPale = rng.uniform() < 0.5;
  const shade = (value: number): number => {
    if (!isShifted) return Math.min(1, value * brightness);
    return isPale ? value + strength * (1 - value) : value * (1 - strength);
  };
  const [r, g, b] = COLOURS[name];
  return [shade(r), shade(g), shade(b)];
}

/** Where hands wait before an episode: above the bench's edge, somewhere within a few centimetres. */
export function drawHands(rng: Rng): Layout["hands"] {
  const spread = (): number => rng.uniform(-0.03, 0.03);
  return {
    left: [0.27 + spread(), 0.27 + spread(), 1.13 + spread()],
    right: [0.27 + spread(), -0.27 + spread(), 1.13 + spread()],
  };
}
