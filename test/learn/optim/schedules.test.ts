import { describe, expect, it } from "vitest";
import {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  oneCycleSchedule,
} from "../../../src/learn/optim/index.ts";

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

describe("the one-cycle schedule", () => {
  it("rises and falls along half cosines, turning where PyTorch's OneCycleLR does", () => {
    const rate = oneCycleSchedule({ start: 4e-5, peak: 1e-3, end: 4e-9, rise: 0.3 }, 100);
    expect(rate(0)).toBeCloseTo(4e-5, 9);
    expect(rate(29)).toBeCloseTo(1e-3, 9);
    expect(rate(99)).toBeCloseTo(4e-9, 12);
    expect(rate(14.5)).toBeCloseTo((4e-5 + 1e-3) / 2, 9);
    expect(rate(64)).toBeCloseTo((1e-3 + 4e-9) / 2, 9);
    expect(rate(500)).toBeCloseTo(4e-9, 12);
  });
});
