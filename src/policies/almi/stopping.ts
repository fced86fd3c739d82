import { z } from "zod";

/** When a stage has learnt what it can: the rule that an independent reproduction used. */
export const StopRule = z.strictObject({
  minIterations: z.int().nonnegative().default(1000).describe("iterations at least"),
  amplitude: z.number().min(0).max(1).default(0.99).describe("amplitude of the arm motions at least"),
  window: z.int().positive().default(200).describe("iterations over which returns are averaged"),
  gap: z.int().positive().default(500).describe("iterations between the two averages that are compared"),
  gain: z.number().default(0.02).describe("goes on while the later average is this share above the earlier"),
});
export type StopRule = z.infer<typeof StopRule>;

/** Whether the returns of a stage, one per iteration (NaN where no episode ended), no longer grow. */
export function hasPlateaued(rule: StopRule, returns: readonly number[]): boolean {
  const { window, gap, gain } = rule;
  if (returns.length < window + gap) return false;
  const earlier = meanOfFinite(returns.slice(-gap - window, -gap));
  const later = meanOfFinite(returns.slice(-window));
  // Comparisons with NaN are false: a window without a finished episode is no plateau.
  return later - earlier < gain * Math.abs(earlier);
}

function meanOfFinite(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
