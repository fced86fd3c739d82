/** A learning rate, or any other number, by step. */
export type Schedule = (step: number) => number;

/** The same value at every step. */
export function constantSchedule(value: number): Schedule {
  return () => value;
}

/** From `start` to `end` in a straight line over `steps`, then `end`. */
export function linearSchedule(start: number, end: number, steps: number): Schedule {
  return (step) => start + (end - start) * Math.min(1, step / steps);
}

/** Up from 0 over `warmUp` steps, then down along half a cosine to `floor` at step `steps`, then `floor`. */
export function cosineSchedule(peak: number, steps: number, warmUp = 0, floor = 0): Schedule {
  return (step) => {
    if (step < warmUp) return (peak * (step + 1)) / warmUp;
    const done = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * done));
  };
}

/** Where a one-cycle schedule begins, turns and ends. */
export interface OneCycle {
  readonly start: number;
  readonly peak: number;
  readonly end: number;
  /** Share of the steps until the peak. */
  readonly rise: number;
}

/** From `start` along half a cosine to `peak`, then along another to `end`, over `steps` (Smith 2018, as in PyTorch). */
export function oneCycleSchedule({ start, peak, end, rise }: OneCycle, steps: number): Schedule {
  const turn = Math.max(1, rise * steps - 1);
  const last = Math.max(turn + 1, steps - 1);
  return (step) =>
    step <= turn
      ? alongCosine(start, peak, step / turn)
      : alongCosine(peak, end, Math.min(1, (step - turn) / (last - turn)));
}

function alongCosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}
