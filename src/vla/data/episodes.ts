import { UsageError } from "../../common/index.ts";

/** One demonstration as the trainer reads it. */
export interface TrainingEpisode {
  readonly task: string;
  readonly instruction: string;
  readonly frames: number;
  /** [frames, values] */
  readonly proprioception: Float32Array;
  /** [frames, actions] */
  readonly actions: Float32Array;
  /** By camera, [pictures, height, width, 3]; picture i belongs to frame i · imageStride. */
  readonly images: ReadonlyMap<string, Uint8Array>;
  readonly imageStride: number;
  /**
   * Where the thing that the instruction speaks of stood when the episode began, on the bench (x, y), m. Only training
   * knows it; absent where nobody does.
   */
  readonly landmark?: readonly [number, number];
}

/** Demonstrations of one robot with the same cameras, proprioception and actions. */
export interface EpisodeSet {
  readonly robot: string;
  readonly cameras: readonly { readonly name: string; readonly width: number; readonly height: number }[];
  readonly proprioception: readonly string[];
  readonly actions: readonly string[];
  readonly timestep: number;
  readonly tasks: readonly string[];
  readonly episodes: readonly TrainingEpisode[];
}

/** A frame that has pictures: where training samples are. */
export interface FrameRef {
  readonly episode: number;
  /** Index of the picture; the frame is this times the episode's stride. */
  readonly picture: number;
}

/** All frames with pictures of the episodes at these indices. */
export function framesOf(set: EpisodeSet, episodes: readonly number[]): FrameRef[] {
  return episodes.flatMap((episode) => {
    const { frames, imageStride } = set.episodes[episode];
    return Array.from({ length: Math.ceil(frames / imageStride) }, (_, picture) => ({ episode, picture }));
  });
}

/**
 * The chunk of actions from a frame on, its end padded by the last action. In robot units.
 *
 * @param out [horizon, actions], written and returned
 */
export function chunkAt(
  { actions, frames }: TrainingEpisode,
  frame: number,
  size: number,
  out: Float32Array,
): Float32Array {
  for (let h = 0; h * size < out.length; h++) {
    const from = Math.min(frame + h, frames - 1) * size;
    out.set(actions.subarray(from, from + size), h * size);
  }
  return out;
}

/** How many steps of the chunk from a frame on were demonstrated; the rest is padding. */
export function demonstratedSteps({ frames }: TrainingEpisode, frame: number, horizon: number): number {
  return Math.min(horizon, frames - frame);
}

/** Joins sets of the same robot, cameras and names. Throws `UsageError` where they differ. */
export function joinSets(sets: readonly EpisodeSet[]): EpisodeSet {
  const [first] = sets;
  if (first === undefined) throw new UsageError("There are no demonstrations.", "Make some with vla demos.");
  const facts = ({ robot, cameras, proprioception, actions, timestep }: EpisodeSet): string =>
    JSON.stringify([robot, cameras, proprioception, actions, timestep]);
  for (const set of sets)
    if (facts(set) !== facts(first))
      throw new UsageError(
        `Demonstrations of ${set.tasks.join()} and of ${first.tasks.join()} do not belong together.`,
        "Train on files of one robot with the same cameras, made by the same version.",
      );
  return {
    ...first,
    tasks: [...new Set(sets.flatMap(({ tasks }) => tasks))],
    episodes: sets.flatMap(({ episodes }) => episodes),
  };
}
