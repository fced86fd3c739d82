import type { Rng } from "../../common/index.ts";
import type { CameraFrame } from "./ray-camera.ts";

/** What a real camera adds to its pictures. */
export interface SensorNoise {
  readonly rng: Rng;
  /** Standard deviation of each colour value, in steps of 8 bits. */
  readonly colour?: number;
  /** Standard deviation of depth at 1 m, m; it grows with the square of depth, as a stereo camera's does. */
  readonly depth?: number;
  /** Share of depth pixels that come back empty (Infinity), 0 to 1. */
  readonly dropout?: number;
}

/** Adds noise to a frame in place. Segmentation stays true. */
export function addNoise(frame: CameraFrame, noise: SensorNoise, includesColour: boolean): void {
  const { rng, colour = 0, depth = 0, dropout = 0 } = noise;
  if (includesColour && colour > 0) addColourNoise(frame.rgb, rng, colour);
  if (depth > 0 || dropout > 0) addDepthNoise(frame.depth, rng, depth, dropout);
}

function addColourNoise(rgb: Uint8Array, rng: Rng, deviation: number): void {
  for (let i = 0; i < rgb.length; i++) {
    rgb[i] = Math.max(0, Math.min(255, Math.round(rgb[i] + deviation * bell(rng.uint32()))));
  }
}

function addDepthNoise(depth: Float32Array, rng: Rng, deviation: number, dropout: number): void {
  for (let i = 0; i < depth.length; i++) {
    const word = rng.uint32();
    if (rng.uniform() < dropout) depth[i] = Number.POSITIVE_INFINITY;
    else if (depth[i] !== Number.POSITIVE_INFINITY)
      depth[i] = Math.max(0, depth[i] + deviation * depth[i] * depth[i] * bell(word));
  }
}

/** Nearly normal, mean 0 and deviation 1, within ±3.5: the sum of a word's four bytes, far cheaper than a true draw. */
function bell(word: number): number {
  const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
  return (sum - 510) / 147.8;
}
