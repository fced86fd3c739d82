import { demonstratedSteps, type EpisodeSet, type FrameRef, framesOf } from "../data/episodes.ts";
import { normalisedChunk } from "../small/batches.ts";
import type { VlaSpec } from "../vla-spec.ts";

/**
 * The frames of demonstrations that are worth counting: those with a whole execute horizon before the episode's end, but
 * for the stillest share of them. Somebody who pauses shows the same frame again and again, so a counter of all frames
 * finds hesitation the most familiar thing of all.
 *
 * @param idleShare of the frames that are left out, 0 to 1; none are for 0, not even those near an episode's end
 */
export function livelyFrames(set: EpisodeSet, spec: VlaSpec, idleShare: number): FrameRef[] {
  const all = framesOf(set, [...set.episodes.keys()]);
  if (idleShare === 0) return all;
  const { executeHorizon: horizon } = spec;
  const whole = all.filter(({ episode, picture }) => {
    const source = set.episodes[episode];
    return demonstratedSteps(source, picture * source.imageStride, horizon) === horizon;
  });
  const motions = whole.map((frame) => motionOf(set, spec, frame));
  const byMotion = [...whole.keys()].sort((a, b) => motions[a] - motions[b]);
  return byMotion.slice(Math.floor(idleShare * whole.length)).map((i) => whole[i]);
}

/** How far all actions move within the execute horizon, normalised, added up. */
function motionOf(set: EpisodeSet, spec: VlaSpec, frame: FrameRef): number {
  const size = spec.actions.length;
  const chunk = normalisedChunk(set, spec, frame, new Float32Array(spec.chunkHorizon * size));
  let sum = 0;
  for (let i = size; i < spec.executeHorizon * size; i++) sum += Math.abs(chunk[i] - chunk[i - size]);
  return sum;
}
