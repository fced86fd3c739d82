import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { END } from "./post-each.ts";
import { spawnWorker } from "./spawn-worker.ts";

export interface SpreadOptions {
  /** Threads. Jobs are independent, so their results don't depend on it. */
  readonly workers: number;
  readonly onProgress?: (done: number) => void;
  /** Stops early; the results so far are returned. */
  readonly signal?: AbortSignal;
  /** How long a thread may take over the job it is at when it is to end, ms. Default 15,000. */
  readonly patienceMs?: number;
}

/**
 * Shares jobs among threads, round robin, and returns their results in the order of the jobs. A thread gets its share as
 * `workerData` and posts one message for each job, in its order (`postEach`). Where one breaks, all are ended and its error is
 * thrown.
 *
 * @param module the worker's file URL without its extension
 */
export async function spreadWork<Job, Result>(
  module: URL,
  jobs: readonly Job[],
  workerData: (share: readonly Job[]) => unknown,
  { workers, onProgress, signal, patienceMs = 15_000 }: SpreadOptions,
): Promise<Result[]> {
  if (signal?.aborted === true) return [];
  const results = new Map<number, Result>();
  const count = Math.max(1, Math.min(workers, jobs.length));
  const threads = Array.from({ length: count }, (_, k) => {
    const indices = [...jobs.keys()].filter((i) => i % count === k);
    let next = 0;
    const thread = spawnWorker(module, workerData(indices.map((i) => jobs[i])));
    return thread.on("message", (result: Result) => {
      results.set(indices[next++], result);
      onProgress?.(results.size);
    });
  });
  const endAll = () => Promise.all(threads.map((thread) => end(thread, patienceMs)));
  const onAbort = () => void endAll();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all(threads.map((thread) => once(thread, "exit")));
  } finally {
    signal?.removeEventListener("abort", onAbort);
    await endAll();
  }
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}

/** Lets a thread finish its job, and ends it where that takes too long. */
async function end(thread: Worker, patienceMs: number): Promise<void> {
  if (thread.threadId === -1) return; // it has ended
  const ended = new AbortController();
  thread.once("exit", () => ended.abort());
  thread.postMessage(END);
  await setTimeout(patienceMs, undefined, ended).catch(() => {});
  await thread.terminate();
}
