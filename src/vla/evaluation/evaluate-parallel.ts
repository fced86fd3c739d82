import type { EpisodeRequest } from "../../sim/index.ts";
import { type SpreadOptions, spreadWork } from "../../sim/node.ts";
import type { EvaluationWork } from "./evaluate.ts";
import type { SceneOutcome } from "./report.ts";

/** Runs an evaluation on several threads; outcomes are in the order of the jobs and do not depend on their number. */
export async function evaluateVla(work: EvaluationWork, options: SpreadOptions): Promise<SceneOutcome[]> {
  return await spreadWork<EpisodeRequest, SceneOutcome>(
    new URL("./evaluate.worker", import.meta.url),
    work.jobs,
    (jobs) => ({ ...work, jobs }),
    options,
  );
}
