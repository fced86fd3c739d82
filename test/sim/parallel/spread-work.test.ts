import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { spreadWork } from "../../../src/sim/node.ts";

const MODULE = new URL("./squares.worker", import.meta.url);

/** Squares of numbers, each in so many ms; a negative one breaks its thread, 0 keeps it alive for ever, and counts on meanwhile. */
function squares(jobs: readonly number[], workers: number, signal?: AbortSignal) {
  const pulse = new Int32Array(new SharedArrayBuffer(4));
  const options = { workers, patienceMs: 1000, ...(signal === undefined ? {} : { signal }) };
  const done = spreadWork<number, number>(MODULE, jobs, (share) => ({ jobs: share, pulse }), options);
  const beats = async () => {
    const before = Atomics.load(pulse, 0);
    await setTimeout(50);
    return Atomics.load(pulse, 0) - before;
  };
  return { done, pulse, beats };
}

describe("work that is spread over threads", () => {
  it("comes back in the order of the jobs, whatever the number of threads", async () => {
    for (const workers of [1, 3])
      expect(await squares([1, 2, 3, 4, 5], workers).done).toEqual([1, 4, 9, 16, 25]);
  });

  it("ends every thread where one breaks", async () => {
    const { done, beats } = squares([0, -1], 2);
    await expect(done).rejects.toThrow("-1 has no square here");
    expect(await beats()).toBe(0);
  });

  it("gives what is there when it is stopped, and ends every thread", async () => {
    const stop = new AbortController();
    const { done, pulse, beats } = squares([0, 2], 2, stop.signal);
    while (Atomics.load(pulse, 0) === 0) await setTimeout(2);
    stop.abort();
    await done;
    expect(await beats()).toBe(0);
  });

  it("lets a thread that is stopped finish the job it is at, and no other", async () => {
    const stop = new AbortController();
    const { done, pulse } = squares([200, 201, 202], 1, stop.signal);
    while (Atomics.load(pulse, 0) === 0) await setTimeout(2);
    stop.abort();
    expect(await done).toEqual([40_000]);
    expect(Atomics.load(pulse, 0)).toBe(1);
  });

  it("does not begin where it was stopped before", async () => {
    expect(await squares([0, 2], 2, AbortSignal.abort()).done).toEqual([]);
  });
});
