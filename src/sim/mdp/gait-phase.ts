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
  return isStanding(clock, state) ? 0 : fraction(state.time / clock.period);
}

/** Phase of the right foot in [0, 1), half a stride later; 0 while standing. */
export function rightPhase(clock: GaitClock, state: ControlState): number {
  return isStanding(clock, state) ? 0 : fraction(state.time / clock.period + 0.5);
}

/** Whether the command is small enough that both feet should stay on the ground. */
export function isStanding(clock: GaitClock, state: ControlState): boolean {
  const { command } = state;
  const square = command[0] * command[0] + command[1] * command[1] + command[2] * command[2];
  return Math.sqrt(square) < clock.standThreshold;
}

/** The part after the decimal point, in [0, 1); a whole number that rounding has left just below counts as whole. */
function fraction(strides: number): number {
  return Math.max(0, strides - Math.floor(strides + 1e-9));
}
