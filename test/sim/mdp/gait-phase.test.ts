import { describe, expect, it } from "vitest";
import { createControlState } from "../../../src/sim/control-state.ts";
import { ALMI_GAIT, isStanding, leftPhase, rightPhase } from "../../../src/sim/mdp/gait-phase.ts";
import { robot } from "./two-leg-state.ts";

function walking(step: number, controlTimestep = 0.02) {
  const state = createControlState(robot);
  state.command.set([0.5, 0, 0]);
  state.step = step;
  state.time = step * controlTimestep;
  return state;
}

describe("the gait clock", () => {
  it("runs one stride in 0.8 s, the right foot half a stride behind", () => {
    expect(leftPhase(ALMI_GAIT, walking(0))).toBe(0);
    expect(rightPhase(ALMI_GAIT, walking(0))).toBe(0.5);
    expect(leftPhase(ALMI_GAIT, walking(10))).toBeCloseTo(0.25, 12);
    expect(rightPhase(ALMI_GAIT, walking(10))).toBeCloseTo(0.75, 12);
    expect(leftPhase(ALMI_GAIT, walking(30))).toBeCloseTo(0.75, 12);
    expect(rightPhase(ALMI_GAIT, walking(30))).toBeCloseTo(0.25, 12);
  });

  it("comes back to the same phase after each stride, for an hour, and stays in [0, 1)", () => {
    for (let step = 0; step < 180_000; step += 7) {
      const state = walking(step);
      const [left, right] = [leftPhase(ALMI_GAIT, state), rightPhase(ALMI_GAIT, state)];
      const expected = (step % 40) / 40;
      expect(Math.abs(left - expected)).toBeLessThan(1e-9);
      expect(left >= 0 && left < 1 && right >= 0 && right < 1).toBe(true);
      expect(Math.abs(right - ((expected + 0.5) % 1))).toBeLessThan(1e-9);
    }
  });

  it("stops at phase 0 for both feet while the command's norm is below 0.1, yaw rate included", () => {
    const state = walking(10);
    state.command.set([0.05, 0.05, 0.05]);
    expect(isStanding(ALMI_GAIT, state)).toBe(true);
    expect([leftPhase(ALMI_GAIT, state), rightPhase(ALMI_GAIT, state)]).toEqual([0, 0]);
    state.command.set([0.05, 0.05, 0.08]);
    expect(isStanding(ALMI_GAIT, state)).toBe(false);
    expect(leftPhase(ALMI_GAIT, state)).toBeCloseTo(0.25, 12);
  });

  it("never stops with a threshold of 0", () => {
    const clock = { period: 0.8, standThreshold: 0 };
    const state = walking(10);
    state.command.fill(0);
    expect(isStanding(clock, state)).toBe(false);
    expect(leftPhase(clock, state)).toBeCloseTo(0.25, 12);
  });
});
