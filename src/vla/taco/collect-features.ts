import type { Rng } from "../../common/index.ts";
import { demonstratedSteps, type EpisodeSet } from "../data/episodes.ts";
import type { CameraImage, VlaModel, VlaObservation } from "../model.ts";
import type { NoiseSource } from "../noise-bank.ts";
import { normalisedChunk } from "../small/batches.ts";
import { type FeatureSearch, searchFeature } from "./feature-search.ts";
import { type FeatureTable, featureTable } from "./feature-table.ts";
import { livelyFrames } from "./lively-frames.ts";

/** Features of demonstration frames, and how close their predictions came. */
export interface CollectedFeatures {
  readonly features: FeatureTable;
  /** Normalised L2 distance of each. */
  readonly distances: Float32Array;
}

export interface CollectOptions {
  readonly search: FeatureSearch;
  /** Frames at most, drawn at random over all episodes. */
  readonly frames: number;
  /** Share of frames in which next to nothing moves, which are not counted. */
  readonly idleShare: number;
  readonly rng: Rng;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** One feature vector for each frame of demonstrations; what was collected before an abort is returned. */
export async function collectFeatures(
  model: VlaModel,
  set: EpisodeSet,
  noise: NoiseSource,
  { search, frames, idleShare, rng, onProgress, signal }: CollectOptions,
): Promise<CollectedFeatures> {
  const { spec } = model;
  const chosen = rng.shuffled(livelyFrames(set, spec, idleShare)).slice(0, frames);
  const rows = new Float32Array(chosen.length * spec.featureSize);
  const distances = new Float32Array(chosen.length);
  const target = new Float32Array(spec.chunkHorizon * spec.actions.length);
  let done = 0;
  for (const frame of chosen) {
    if (signal?.aborted === true) break;
    normalisedChunk(set, spec, frame, target);
    const source = set.episodes[frame.episode];
    const steps = demonstratedSteps(source, frame.picture * source.imageStride, spec.chunkHorizon);
    const known = steps * spec.actions.length;
    const found = await searchFeature(model, observationAt(set, frame), target, noise, search, known);
    rows.set(found.feature, done * spec.featureSize);
    distances[done++] = found.distance;
    onProgress?.(done, chosen.length);
  }
  return {
    features: featureTable(rows.subarray(0, done * spec.featureSize), spec.featureSize),
    distances: distances.subarray(0, done),
  };
}

/** What was seen at a frame with pictures. */
export function observationAt(
  set: EpisodeSet,
  { episode, picture }: { readonly episode: number; readonly picture: number },
): VlaObservation {
  const source = set.episodes[episode];
  const count = set.proprioception.length;
  const at = picture * source.imageStride * count;
  const images = set.cameras.map(({ name, width, height }): [string, CameraImage] => {
    const size = 3 * width * height;
    const all = source.images.get(name) ?? new Uint8Array();
    return [name, { width, height, rgb: all.subarray(picture * size, (picture + 1) * size) }];
  });
  return {
    images: Object.fromEntries(images),
    instruction: source.instruction,
    proprioception: source.proprioception.subarray(at, at + count),
  };
}
