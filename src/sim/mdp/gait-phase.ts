import type { ControlState } from "../control-state.ts";

/** A gait clock: both feet walk half a period apart, and stand while the command is small. */
export interface GaitClock {
  /** Seconds per stride; ALMI and Unitree's gym use 0.8. */
  readonly period: number;
  /** Commands with a smaller norm (m/s and rad/s mixed, as ALMI does) stop the clock at phase 0; 0 never stops it. */
  readonly standThreshold: number;
}

export const ALMI_GAIT: GaitClock = { period: 0.8, standThreshold: 0.1 };

/** Phase of the left foot in [0, 1). */
export function leftPhase(clock: GaitClock, state: ControlState): number {
  if (isStanding(clock, state)) return 0;
  const strides = state.time / clock.period;
  return strides - Math.floor(strides + 1e-9);
}

/** Phase of the right foot in [0, 1), half a stride later; 0 while standing. */
export function rightPhase(clock: GaitClock, state: ControlState): number {
  if (isStanding(clock, state)) return 0;
  const phase = leftPhase(clock, state) + 0.5;
  return phase >= 1 ? phase - 1 : phase;
}

/** Whether the command is small enough that both feet should stay on the ground. */
export function isStanding(clock: GaitClock, state: ControlState): boolean {
  const [vx, vy, yawRate] = state.command as unknown as [number, number, number];
  return Math.sqrt(vx * vx + vy * vy + yawRate * yawRate) < clock.standThreshold;
}
