import type { Sketch } from "../sketch.ts";
import { CHORES } from "./chores.ts";
import { DANCES } from "./dance.ts";
import { EXERCISE } from "./exercise.ts";
import { GESTURES } from "./gestures.ts";
import { MUSIC } from "./music.ts";
import { REACHES } from "./reaches.ts";
import { SPORTS } from "./sports.ts";
import { STRIKES } from "./strikes.ts";
import { SWEEPS } from "./sweeps.ts";

/** All motions that were written, in the order in which they are listed. */
export const SKETCHES: readonly Sketch[] = [
  ...GESTURES,
  ...REACHES,
  ...STRIKES,
  ...SPORTS,
  ...CHORES,
  ...MUSIC,
  ...EXERCISE,
  ...DANCES,
  ...SWEEPS,
];
