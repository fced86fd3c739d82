import { type SpreadOptions, spreadWork } from "../../sim/node.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import type { EpisodeOutcome } from "./locomotion-report.ts";
import type { EvaluationSetup } from "./run-episodes.ts";

/** Runs episodes on several threads and returns their outcomes in the order of the episodes. Throws what a thread throws. */
export function evaluate(
  setup: EvaluationSetup,
  episodes: readonly EvalEpisode[],
  options: SpreadOptions,
): Promise<EpisodeOutcome[]> {
  const module = new URL("./evaluate.worker", import.meta.url);
  return spreadWork<EvalEpisode, EpisodeOutcome>(
    module,
    episodes,
    (share) => ({ setup, episodes: share }),
    options,
  );
}
