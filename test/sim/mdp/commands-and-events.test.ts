import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createControlState } from "../../../src/sim/control-state.ts";
import {
  CommandScript,
  drawCommand,
  scriptedCommand,
  VelocityCommandConfig,
} from "../../../src/sim/mdp/commands.ts";
import { drawPush, isDue, PushConfig } from "../../../src/sim/mdp/events.ts";
import { FallLimits, hasFallen } from "../../../src/sim/mdp/terminations.ts";
import { robot } from "./two-leg-state.ts";

function commands(config: Partial<VelocityCommandConfig>, count = 2000): number[][] {
  const rng = new Rng(1);
  const out = new Float64Array(3);
  const parsed = VelocityCommandConfig.parse(config);
  return Array.from({ length: count }, () => {
    drawCommand(parsed, rng, out);
    return [...out];
  });
}

describe("drawing commands", () => {
  it("fills ALMI's ranges evenly by default", () => {
    const drawn = commands({ deadZone: 0 });
    for (const [axis, low, high] of [
      [0, -0.7, 0.7],
      [1, -0.3, 0.3],
      [2, -0.5, 0.5],
    ] as const) {
      const values = drawn.map((command) => command[axis]);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.min(...values)).toBeLessThan(low + 0.01 * (high - low));
      expect(Math.max(...values)).toBeLessThan(high);
      expect(Math.max(...values)).toBeGreaterThan(high - 0.01 * (high - low));
      expect(Math.abs(values.reduce((a, b) => a + b) / values.length)).toBeLessThan(0.04 * (high - low));
    }
  });

  it("zeroes slow linear commands and never the yaw rate", () => {
    const drawn = commands({});
    const linear = drawn.map(([vx, vy]) => Math.hypot(vx, vy));
    expect(linear.every((speed) => speed === 0 || speed > 0.2)).toBe(true);
    // The disc of radius 0.2 is 0.1496 of the 1.4 x 0.6 rectangle.
    expect(linear.filter((speed) => speed === 0).length / drawn.length).toBeCloseTo(0.15, 1.5);
    expect(drawn.every(([, , yawRate]) => yawRate !== 0)).toBe(true);
  });

  it("asks to stand, yaw rate and all, in the share that was wished", () => {
    const drawn = commands({ standShare: 0.25, deadZone: 0 }, 4000);
    const stands = drawn.filter((command) => command.every((value) => value === 0));
    expect(stands.length / drawn.length).toBeCloseTo(0.25, 1.5);
  });

  it("asks for one direction alone, each as often and however slow, in the share that was wished", () => {
    const drawn = commands({ standShare: 0.25, singleShare: 0.3, deadZone: 0.5 }, 6000);
    const alone = [0, 1, 2].map((axis) =>
      drawn.filter((command) => command.every((value, k) => (value !== 0) === (k === axis))),
    );
    // Turns are left alone by the dead zone too.
    for (const axis of [0, 1]) expect(alone[axis].length / drawn.length).toBeCloseTo(0.1, 1.5);
    expect(alone[2].length / drawn.length).toBeGreaterThan(0.1);
    expect(Math.min(...alone[1].map(([, vy]) => Math.abs(vy)))).toBeLessThan(0.05);
  });

  it("asks for full speed both ways at once, towards every side, in the share that was wished", () => {
    const drawn = commands({ vx: [-0.7, 1.3], fullShare: 0.4 }, 4000);
    const full = drawn.filter(([vx, vy]) => (vx === -0.7 || vx === 1.3) && Math.abs(vy) === 0.3);
    expect(full.length / drawn.length).toBeCloseTo(0.4, 1.5);
    expect(full.filter(([vx]) => vx === 1.3).length / full.length).toBeCloseTo(0.5, 1);
    expect(full.filter(([, vy]) => vy === 0.3).length / full.length).toBeCloseTo(0.5, 1);
    expect(full.every(([, , yawRate]) => Math.abs(yawRate) < 0.5)).toBe(true);
  });

  it("takes the same number of draws whatever comes out", () => {
    const stateAfter = (config: object) => {
      const rng = new Rng(2);
      drawCommand(VelocityCommandConfig.parse(config), rng, new Float64Array(3));
      return rng.state;
    };
    expect(stateAfter({ standShare: 1 })).toEqual(stateAfter({ deadZone: 0, vx: [3, 3] }));
    expect(stateAfter({ singleShare: 1 })).toEqual(stateAfter({}));
    expect(stateAfter({ fullShare: 1 })).toEqual(stateAfter({}));
  });
});

describe("a command script", () => {
  const script = CommandScript.parse([
    { time: 0.5, velocity: [1, 0, 0] },
    { time: 2, velocity: [0, 0, 0.4] },
  ]);

  it("holds the last entry whose time has come, and stands before the first", () => {
    const at = (time: number) => [...scriptedCommand(script, time)];
    expect([0, 0.49, 0.5, 1.99, 2, 100].map(at)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [0, 0, 0.4],
      [0, 0, 0.4],
    ]);
  });

  it("counts a time that rounding has put just before the entry", () => {
    expect(scriptedCommand(script, 0.5 - 1e-12)).toEqual([1, 0, 0]);
  });

  it("holds at least one entry", () => {
    expect(() => CommandScript.parse([])).toThrow();
  });
});

describe("pushes", () => {
  const pushes = (config: object) => {
    const rng = new Rng(3);
    return Array.from({ length: 2000 }, () => [...drawPush(PushConfig.parse(config), rng, [0, 0, 9])]);
  };

  it("of the square are uniform on each axis, and horizontal", () => {
    const drawn = pushes({ speed: 2 });
    for (const axis of [0, 1]) {
      const values = drawn.map((push) => push[axis]);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2);
      expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(4 / 3, 0.8);
    }
    expect(drawn.every((push) => push[2] === 0)).toBe(true);
  });

  it("of the circle have full speed in every direction", () => {
    const drawn = pushes({ speed: 0.5, shape: "circle" });
    for (const [x, y] of drawn) expect(Math.hypot(x, y)).toBeCloseTo(0.5, 12);
    const quadrants = new Set(drawn.map(([x, y]) => `${x > 0} ${y > 0}`));
    expect(quadrants.size).toBe(4);
  });

  it("take the same number of draws in either shape", () => {
    const stateAfter = (shape: string) => {
      const rng = new Rng(1);
      drawPush(PushConfig.parse({ shape }), rng, [0, 0, 0]);
      return rng.state;
    };
    expect(stateAfter("circle")).toEqual(stateAfter("square"));
  });

  it("are due every period, counted in control steps, and never at the start", () => {
    const due = (period: number, dt: number, last: number) =>
      Array.from({ length: last + 1 }, (_, step) => step).filter((step) => isDue(step, period, dt));
    expect(due(0.1, 0.02, 15)).toEqual([5, 10, 15]);
    expect(due(8, 0.02, 800)).toEqual([400, 800]); // not 399, which single precision would give
    expect(due(0.001, 0.02, 3)).toEqual([1, 2, 3]); // shorter than a step: each step
  });
});

describe("a fall", () => {
  const limits = FallLimits.parse({});
  function leaning(axis: 1 | 2, angle: number) {
    const state = createControlState(robot);
    state.baseQuat.fill(0);
    state.baseQuat[0] = Math.cos(angle / 2);
    state.baseQuat[axis] = Math.sin(angle / 2);
    return state;
  }

  it("is a roll beyond 0.8 rad or a pitch beyond 1 rad, to either side", () => {
    for (const sign of [1, -1]) {
      expect(hasFallen(leaning(1, sign * 0.79), limits)).toBe(false);
      expect(hasFallen(leaning(1, sign * 0.81), limits)).toBe(true);
      expect(hasFallen(leaning(2, sign * 0.99), limits)).toBe(false);
      expect(hasFallen(leaning(2, sign * 1.01), limits)).toBe(true);
    }
  });

  it("is a pelvis too close to the ground below it", () => {
    const state = createControlState(robot);
    state.basePos[2] = 0.9;
    expect(hasFallen(state, limits)).toBe(false);
    expect(hasFallen(state, limits, 0.55)).toBe(true);
    expect(hasFallen(state, { ...limits, minHeight: -10 }, 0.55)).toBe(false);
  });

  it("does not care for the heading", () => {
    const state = createControlState(robot);
    state.baseQuat.set([Math.cos(1.5), 0, 0, Math.sin(1.5)]);
    expect(hasFallen(state, limits)).toBe(false);
  });
});
