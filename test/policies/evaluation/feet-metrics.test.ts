import { describe, expect, it } from "vitest";
import { FeetWatch } from "../../../src/policies/evaluation/feet-metrics.ts";

/** Feet as [horizontal velocity x, y, force] of the left and the right one, step by step. */
function watched(steps: readonly (readonly number[])[]) {
  const rest = [...steps];
  const watch = FeetWatch.on({
    hasFootSensors: true,
    readFeet({ vel, force }) {
      const [lx, ly, left, rx, ry, right] = rest.shift() ?? [];
      vel.set([lx, ly, 0, rx, ry, 0]);
      force.set([0, 0, left, 0, 0, right]);
    },
  });
  for (const _ of steps) watch?.look();
  return watch?.metrics;
}

describe("how feet move", () => {
  it("is told by the speed of those that touch and by how often only one does", () => {
    const steps = [
      [0, 0, 300, 1.5, 0, 0], // the right one swings: its speed is no slip
      [0.3, 0.4, 200, 0, 0, 200],
      [0, 0, 0, 0, 0.1, 400],
      [1, 0, 0, 1, 0, 0.5], // both are in the air
    ];
    expect(watched(steps)).toEqual({ slip: (0 + 0.5 + 0 + 0.1) / 4, singleSupport: 0.5 });
  });

  it("is unknown without sensors at the feet", () => {
    expect(FeetWatch.on({ hasFootSensors: false, readFeet: () => {} })).toBeUndefined();
  });
});
