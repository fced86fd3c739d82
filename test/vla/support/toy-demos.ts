import { Rng } from "../../../src/common/index.ts";
import type { EpisodeSet, TrainingEpisode } from "../../../src/vla/data/episodes.ts";

export const TOY_IMAGE = 16;
const FRAMES = 16;
const COLOURS = { red: [220, 40, 40], blue: [40, 60, 220] } as const;
type Colour = keyof typeof COLOURS;

export interface ToyOptions {
  readonly episodes: number;
  readonly seed: number;
  /** Share of demonstrations that go around the disc on its left. */
  readonly leftShare?: number;
}

/**
 * A point hand that walks to the disc of the named colour and passes an obstacle on its left or right: two modes, two
 * colours, one camera that looks down on the unit square. Actions are places, so that a chunk is a path.
 */
export function toyDemos({ episodes, seed, leftShare = 0.7 }: ToyOptions): EpisodeSet {
  const rng = new Rng(seed);
  return {
    robot: "toy",
    cameras: [{ name: "top", width: TOY_IMAGE, height: TOY_IMAGE }],
    proprioception: ["x", "y"],
    actions: ["x", "y"],
    timestep: 0.1,
    tasks: ["toy"],
    episodes: Array.from({ length: episodes }, (_, i) => toyEpisode(rng.fork(i), leftShare)),
  };
}

/** Where the two discs are: the first is red, the second blue. */
export interface ToyScene {
  readonly target: Colour;
  readonly places: readonly (readonly [number, number])[];
}

/** A scene with one disc at the upper left and one at the upper right, or the other way round. */
export function toyScene(rng: Rng): ToyScene {
  const isRedLeft = rng.uniform() < 0.5;
  const x = [rng.uniform(0.1, 0.35), rng.uniform(0.65, 0.9)];
  const y = rng.uniform(0.75, 0.9);
  return {
    target: rng.uniform() < 0.5 ? "red" : "blue",
    places: isRedLeft
      ? [
          [x[0], y],
          [x[1], y],
        ]
      : [
          [x[1], y],
          [x[0], y],
        ],
  };
}

/** The goal of a scene. */
export function toyGoal({ target, places }: ToyScene): readonly [number, number] {
  return places[target === "red" ? 0 : 1];
}

/** The scene from above, with the hand as a white dot. */
export function toyPicture({ places }: ToyScene, hand: ArrayLike<number>): Uint8Array {
  const rgb = new Uint8Array(3 * TOY_IMAGE * TOY_IMAGE).fill(20);
  const dot = (at: ArrayLike<number>, radius: number, colour: readonly number[]) => {
    for (let row = 0; row < TOY_IMAGE; row++)
      for (let column = 0; column < TOY_IMAGE; column++) {
        const dx = (column + 0.5) / TOY_IMAGE - at[0];
        const dy = 1 - (row + 0.5) / TOY_IMAGE - at[1];
        if (dx * dx + dy * dy < radius * radius) rgb.set(colour, 3 * (row * TOY_IMAGE + column));
      }
  };
  dot([0.5, 0.45], 0.12, [120, 120, 120]);
  dot(places[0], 0.09, COLOURS.red);
  dot(places[1], 0.09, COLOURS.blue);
  dot(hand, 0.06, [255, 255, 255]);
  return rgb;
}

const WORDINGS = ["go to the {c} disc", "reach the {c} one", "move to {c}"];

function toyEpisode(rng: Rng, leftShare: number): TrainingEpisode {
  const scene = toyScene(rng);
  const goal = toyGoal(scene);
  const side = rng.uniform() < leftShare ? -1 : 1;
  const start = [0.5 + rng.normal(0, 0.02), 0.1 + rng.normal(0, 0.02)];
  const middle = [0.5 + side * rng.uniform(0.2, 0.26), 0.45];
  const path = Array.from({ length: FRAMES + 1 }, (_, k) => along(start, middle, goal, k / FRAMES));
  const states = path.slice(0, FRAMES);
  return {
    task: "toy",
    instruction: rng.pick(WORDINGS).replace("{c}", scene.target),
    frames: FRAMES,
    proprioception: Float32Array.from(states.flat()),
    actions: Float32Array.from(path.slice(1).flat()),
    images: new Map([["top", Uint8Array.from(states.flatMap((hand) => [...toyPicture(scene, hand)]))]]),
    imageStride: 1,
  };
}

/** Half of the frames to the middle, so that the way there says nothing about the goal, and half to the goal. */
function along(
  a: readonly number[],
  b: readonly number[],
  c: readonly number[],
  share: number,
): [number, number] {
  const [from, to, part] = share < 0.5 ? [a, b, 2 * share] : [b, c, 2 * share - 1];
  return [from[0] + part * (to[0] - from[0]), from[1] + part * (to[1] - from[1])];
}
