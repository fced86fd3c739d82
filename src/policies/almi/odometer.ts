import { z } from "zod";

/**
 * How fast ALMI's amplitude x difficulty odometer turns, per finished episode, so that it does not depend on how many
 * environments run. ALMI's code turns it per step in which some environment resets: with 4096 environments and full
 * episodes that is about every fourth finished episode, which gives 0.00125 up and 0.0025 down.
 */
export const OdometerConfig = z.strictObject({
  difficultyUp: z
    .number()
    .positive()
    .default(0.00125)
    .describe("difficulty gained by a finished episode while the learner survives"),
  difficultyDown: z.number().positive().default(0.0025).describe("difficulty lost by one while it does not"),
  amplitudeUp: z
    .number()
    .positive()
    .default(0.005)
    .describe("amplitude gained by a sweep through all difficulties"),
  amplitudeDown: z
    .number()
    .positive()
    .default(0.01)
    .describe("amplitude lost by falling back below the easiest"),
  survival: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe("mean share of the episode's length that counts as surviving"),
  failing: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      "share below which it turns back, and stands still up to survival; default: survival, as in ALMI",
    ),
  window: z.int().positive().default(64).describe("finished episodes over which that mean is taken"),
});
export type OdometerConfig = z.infer<typeof OdometerConfig>;

/** Where the odometer stands; goes into checkpoints. Both from 0 to 1. */
export interface OdometerState {
  readonly amplitude: number;
  readonly difficulty: number;
}

/** The easiest opponent: arms at rest. */
export const ODOMETER_START: OdometerState = { amplitude: 0, difficulty: 0 };

/**
 * ALMI's odometer after some finished episodes: difficulty sweeps from the clip that disturbs least
 * to the one that disturbs most; a whole sweep raises the amplitude; falling back below the easiest lowers it and
 * enters the previous sweep from its hard end.
 *
 * @param survived mean share of the episode length that recent episodes lasted
 * @param mayHarden whether whatever else the learner has to do is done well enough; else it turns back at most
 */
export function turnOdometer(
  config: OdometerConfig,
  state: OdometerState,
  episodes: number,
  survived: number,
  mayHarden = true,
): OdometerState {
  const turn = turnOf(config, survived, mayHarden);
  let { amplitude, difficulty } = state;
  difficulty += turn * episodes;
  for (; difficulty > 1; difficulty -= 1) {
    amplitude += config.amplitudeUp;
    if (amplitude >= 1) return { amplitude: 1, difficulty: 1 };
  }
  for (; difficulty < 0; difficulty += 1) {
    amplitude -= config.amplitudeDown;
    if (amplitude < 0) return ODOMETER_START;
  }
  return { amplitude, difficulty };
}

function turnOf(
  { survival, failing = survival, difficultyUp, difficultyDown }: OdometerConfig,
  survived: number,
  mayHarden: boolean,
): number {
  if (survived <= failing) return -difficultyDown;
  return survived > survival && mayHarden ? difficultyUp : 0;
}
