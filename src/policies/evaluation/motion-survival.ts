import { mean, Rng } from "../../common/index.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import type { EpisodeOutcome } from "./locomotion-report.ts";

export interface MotionSurvivalOptions {
  readonly motions: readonly string[];
  /** Episodes of each motion. */
  readonly repeats: number;
  readonly amplitude: number;
  readonly seconds: number;
  /** Greatest push per axis at half time, m/s. */
  readonly push: number;
  readonly seed: number;
}

/** How long a robot stays up during a motion. */
export interface MotionSurvival {
  readonly name: string;
  /** Control steps, as in ALMI's list; the cap is the length of an episode. */
  readonly meanEpisodeLength: number;
  readonly episodes: number;
}

/**
 * Episodes that measure how much each motion disturbs walking: the whole motion again and again,
 * under commands from ALMI's training ranges. The same repeat has the same command, push and start for all motions.
 */
export function motionEpisodes(options: MotionSurvivalOptions): EvalEpisode[] {
  const { motions, repeats, amplitude, seconds, push, seed } = options;
  return motions.flatMap((motion) =>
    Array.from({ length: repeats }, (_, repeat): EvalEpisode => {
      const rng = new Rng(seed).fork(repeat);
      const command = [rng.uniform(-0.7, 0.7), rng.uniform(-0.3, 0.3), rng.uniform(-0.5, 0.5)] as const;
      const velocity = [rng.uniform(-push, push), rng.uniform(-push, push), 0] as const;
      return {
        level: motion,
        counts: "both",
        command,
        amplitude,
        motion,
        scene: "flat",
        seconds,
        pushes: push === 0 ? [] : [{ time: seconds / 2, velocity }],
        seed: rng.uint32(),
      };
    }),
  );
}

/**
 * Motions from the most harmless to the most disturbing: by mean length of their episodes, and where that is equal, as
 * it is for all that no episode falls in, by hardness.
 *
 * @param hardness of each motion, larger is harder
 */
export function rankBySurvival(
  outcomes: readonly EpisodeOutcome[],
  hardness: (motion: string) => number,
  controlTimestep: number,
): MotionSurvival[] {
  const lengths = new Map<string, number[]>();
  for (const { episode, metrics } of outcomes)
    lengths.set(episode.level, [
      ...(lengths.get(episode.level) ?? []),
      Math.floor(metrics.seconds / controlTimestep + 0.5),
    ]);
  return [...lengths]
    .map(([name, steps]) => ({ name, meanEpisodeLength: mean(steps), episodes: steps.length }))
    .sort((a, b) => b.meanEpisodeLength - a.meanEpisodeLength || hardness(a.name) - hardness(b.name));
}
