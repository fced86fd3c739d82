import { z } from "zod";
import type { Beginning } from "./beginning.ts";

/** What is done once, before learning by reward: rounds of collecting, with what is learnt from each. */
export interface Preparation {
  readonly what: string;
  readonly rounds: number;
}

/** Passes over each round of what a beginner copies. */
export const COPYING_PASSES = 8;

/**
 * Rounds in which a fresh critic learns what an actor from elsewhere is worth. After 20, what it made of actions was mostly
 * wrong (docs/decisions/0033).
 */
export const WARM_UP_ROUNDS = 80;

/** What networks lack before they can learn by reward; a part of a checkpoint, absent in older ones. */
export const Lack = z.object({
  /** Whether fresh networks have yet to copy their example. */
  isBeginner: z.boolean().default(false),
  /** Whether the actor came without a critic that sees what this one does, which has yet to learn what it is worth. */
  hasFreshCritic: z.boolean().default(false),
});
export type Lack = Readonly<z.infer<typeof Lack>>;

/** Networks that lack nothing. */
export const READY: Lack = { isBeginner: false, hasFreshCritic: false };

/** What is to be done about what networks lack; undefined where they may learn at once. */
export function preparationFor(
  { isBeginner, hasFreshCritic }: Lack,
  { rounds }: Beginning,
): Preparation | undefined {
  if (hasFreshCritic)
    return { what: "a fresh critic learns what the actor is worth", rounds: WARM_UP_ROUNDS };
  return isBeginner && rounds > 0 ? { what: "fresh networks copy an example", rounds } : undefined;
}
