import type { CommandRanges } from "./messages.ts";

/** Ranges of vx, vy and yaw rate, in this order; [0, 0] for one that nobody follows. */
export function commandRanges(
  ranges: readonly { readonly name: string; readonly low: number; readonly high: number }[],
): CommandRanges {
  return ["vx", "vy", "yawRate"].map((name) => {
    const range = ranges.find((each) => each.name === name);
    return [range?.low ?? 0, range?.high ?? 0];
  });
}
