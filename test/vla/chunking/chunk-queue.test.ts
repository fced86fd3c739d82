import { describe, expect, it } from "vitest";
import { ChunkQueue, guidanceWeights } from "../../../src/vla/chunking/chunk-queue.ts";

const queue = (blend = 0) => new ChunkQueue({ size: 1, executeHorizon: 2, blend });
const chunk = (...values: number[]) => Float32Array.from(values);
const popped = (from: ChunkQueue, count: number) =>
  Array.from({ length: count }, () => from.pop(new Float32Array(1))[0]);

describe("a chunk queue", () => {
  it("hands out a chunk in order, and says when the next is due", () => {
    const q = queue();
    expect(q.isDue(0)).toBe(true);
    q.push(chunk(1, 2, 3, 4), 0);
    expect(q.isDue(0)).toBe(false);
    expect(q.isDue(2)).toBe(true);
    expect(popped(q, 2)).toEqual([1, 2]);
    expect(q.isDue(0)).toBe(true);
    expect([...q.remaining(new Float32Array(4))]).toEqual([3, 4, 0, 0]);
  });

  it("drops the actions of a chunk that have passed while it was made", () => {
    const q = queue();
    q.push(chunk(1, 2, 3, 4), 0);
    popped(q, 3);
    q.push(chunk(20, 30, 40, 50), 2);
    expect(popped(q, 2)).toEqual([40, 50]);
    expect(q.counts).toMatchObject({ chunks: 2, stale: 2, executed: 5, stalls: 0, seamJump: 37 });
  });

  it("holds the last action where nothing is left, and counts it", () => {
    const q = queue();
    expect(() => q.pop(new Float32Array(1))).toThrow("No chunk");
    q.push(chunk(1, 2), 0);
    expect(popped(q, 4)).toEqual([1, 2, 2, 2]);
    expect(q.counts.stalls).toBe(2);
    q.push(chunk(7, 8), 5);
    expect(popped(q, 1)).toEqual([2]);
    q.reset();
    expect(q.counts.executed).toBe(0);
    expect(() => q.push(new Float32Array(0), 0)).toThrow("no actions");
  });

  it("fades the old plan into the new one where asked to", () => {
    const q = queue(1);
    q.push(chunk(0, 0, 0, 0), 0);
    popped(q, 2);
    q.push(chunk(8, 8, 8, 8), 0);
    expect(popped(q, 2)).toEqual([4, 8]);
  });

  it("keeps no view of the chunk that it was given", () => {
    const q = queue();
    const given = chunk(1, 2);
    q.push(given, 0);
    given.fill(9);
    expect(popped(q, 2)).toEqual([1, 2]);
  });
});

describe("the weights of real-time chunking", () => {
  it("bind what will have happened, and let go towards the end of the old plan", () => {
    expect([...guidanceWeights(6, 2, 4)]).toEqual([1, 1, ...[2 / 3, 1 / 3].map(Math.fround), 0, 0]);
  });
});
