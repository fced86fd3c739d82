import { spawnWorker } from "../../sim/node.ts";

export interface SpreadOptions {
  /** Threads. Jobs are independent, so their results don't depend on it. */
  readonly workers: number;
  readonly onProgress?: (done: number) => void;
  /** Stops early; the results so far are returned. */
  readonly signal?: AbortSignal;
}

/**
 * Shares jobs among threads, round robin, and returns their results in the order of the jobs. A thread gets its share as
 * `workerData` and posts one message for each job, in its order.
 *
 * @param module the worker's file URL without its extension
 */
export async function spreadWork<Job, Result>(
  module: URL,
  jobs: readonly Job[],
  workerData: (share: readonly Job[]) => unknown,
  options: SpreadOptions,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const count = Math.max(1, Math.min(options.workers, jobs.length));
  await Promise.all(
    Array.from({ length: count }, (_, thread) => {
      const indices = [...jobs.keys()].filter((i) => i % count === thread);
      let next = 0;
      return runThread(module, workerData(indices.map((i) => jobs[i])), options.signal, (result: Result) => {
        results.set(indices[next++], result);
        options.onProgress?.(results.size);
      });
    }),
  );
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

function runThread<Result>(
  module: URL,
  data: unknown,
  signal: AbortSignal | undefined,
  onResult: (result: Result) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = spawnWorker(module, data);
    signal?.addEventListener("abort", () => void worker.terminate(), { once: true });
    worker.on("message", onResult);
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
}
