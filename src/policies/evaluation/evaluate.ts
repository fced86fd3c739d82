import { spawnWorker } from "../../sim/node.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import type { EpisodeOutcome } from "./locomotion-report.ts";
import type { EvaluationSetup } from "./run-episodes.ts";

export interface EvaluateOptions {
  /** Threads. Episodes are independent, so their outcomes don't depend on it. */
  readonly workers: number;
  readonly onProgress?: (done: number) => void;
  /** Stops early; the outcomes so far are returned. */
  readonly signal?: AbortSignal;
}

/** Runs episodes on several threads and returns their outcomes in the order of the episodes. */
export async function evaluate(
  setup: EvaluationSetup,
  episodes: readonly EvalEpisode[],
  options: EvaluateOptions,
): Promise<EpisodeOutcome[]> {
  const outcomes = new Map<number, EpisodeOutcome>();
  const count = Math.max(1, Math.min(options.workers, episodes.length));
  const share = (worker: number) => [...episodes.keys()].filter((i) => i % count === worker);
  await Promise.all(
    Array.from({ length: count }, (_, worker) => {
      const indices = share(worker);
      let next = 0;
      return runWorker(
        setup,
        indices.map((i) => episodes[i]),
        options.signal,
        (outcome) => {
          outcomes.set(indices[next++], outcome);
          options.onProgress?.(outcomes.size);
        },
      );
    }),
  );
  return [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
}

function runWorker(
  setup: EvaluationSetup,
  episodes: readonly EvalEpisode[],
  signal: AbortSignal | undefined,
  onOutcome: (outcome: EpisodeOutcome) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = spawnWorker(new URL("./evaluate.worker", import.meta.url), { setup, episodes });
    signal?.addEventListener("abort", () => void worker.terminate(), { once: true });
    worker.on("message", onOutcome);
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
}
