import { describe, expect, it } from "vitest";
import { constantSchedule, cosineSchedule, linearSchedule } from "../../../src/learn/optim/index.ts";

describe("a schedule", () => {
  it("stays where it is", () => {
    expect([0, 5, 1e6].map(constantSchedule(3))).toEqual([3, 3, 3]);
  });

  it("goes in a straight line and then stays", () => {
    expect([0, 5, 10, 20].map(linearSchedule(1, 0, 10))).toEqual([1, 0.5, 0, 0]);
  });

  it("warms up, follows half a cosine and stays at the floor", () => {
    const rate = cosineSchedule(1, 12, 2, 0.1);
    const expected = [0.5, 1, 1, 0.55, 0.1, 0.1];
    for (const [i, step] of [0, 1, 2, 7, 12, 99].entries()) expect(rate(step)).toBeCloseTo(expected[i], 12);
  });
});
