/**
 * A clock that reads the same in every thread of this machine: CLOCK_MONOTONIC, s. Allocates nothing per reading.
 *
 * @param nowMs the thread's own `performance.now`, whose origin differs from thread to thread
 */
export function monotonicClock(nowMs: () => number): () => number {
  // The least of several differences: a thread that is interrupted between two readings makes it larger.
  let origin = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 16; i++) {
    const before = nowMs();
    const [seconds, nanoseconds] = process.hrtime();
    origin = Math.min(origin, seconds + nanoseconds / 1e9 - before / 1000);
  }
  return () => origin + nowMs() / 1000;
}
