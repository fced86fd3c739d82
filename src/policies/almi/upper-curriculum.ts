import { z } from "zod";
import type { Curriculum, TaskConfig } from "../../sim/index.ts";
import type { EndedEpisodes } from "./episode-watch.ts";
import { type CurriculumRules, meanSurvival } from "./stage-curriculum.ts";

/**
 * How the upper body's training gets harder, as ALMI's: larger motions, and an adversary that makes
 * the frozen legs walk faster. ALMI's code changes the amplitude at each step in which some environment resets, by
 * 0.001 up and 0.01 down, and the command every 1000 steps by 0.5 m/s; with 4096 environments and full episodes that is
 * about every fourth and every 4096th finished episode. Rates are therefore per finished episode here.
 */
export const UpperCurriculumConfig = z.strictObject({
  survival: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe("mean share of the episode's length that counts as surviving"),
  window: z.int().positive().default(256).describe("finished episodes over which that mean is taken"),
  amplitudeStart: z.number().min(0).max(1).default(0).describe("amplitude of the arm motions at first"),
  amplitudeUp: z.number().nonnegative().default(0.00025).describe("amplitude gained while surviving"),
  amplitudeDown: z.number().nonnegative().default(0.0025).describe("amplitude lost while not"),
  commandStart: z.number().nonnegative().default(0.7).describe("bound of the forward command at first, m/s"),
  commandStep: z
    .number()
    .nonnegative()
    .default(0.5 / 4096)
    .describe("gained by that bound while surviving and lost while not, m/s"),
  widestCommand: z.number().positive().default(1).describe("that bound at most, m/s"),
});
export type UpperCurriculumConfig = z.infer<typeof UpperCurriculumConfig>;

const UpperCurriculumState = z.object({
  amplitude: z.number(),
  survived: z.number(),
  seen: z.number(),
  /** Forward and backward commands reach up to this, m/s. */
  commandSpeed: z.number(),
});
export type UpperCurriculumState = Readonly<z.infer<typeof UpperCurriculumState>>;

/** The rules of a config. */
export function upperCurriculum(config: UpperCurriculumConfig): CurriculumRules<UpperCurriculumState> {
  const start = { amplitude: config.amplitudeStart, survived: 0, seen: 0, commandSpeed: config.commandStart };
  return {
    start,
    parse: (stored) => UpperCurriculumState.parse({ ...start, seen: config.window, ...(stored as object) }),
    advance: (state, ended) => advance(config, state, ended),
    demands: (state, task) => demands(state, task),
    deviationFloor: () => 0,
    isHardest: (state, amplitude) => state.amplitude >= amplitude,
  };
}

function advance(
  config: UpperCurriculumConfig,
  state: UpperCurriculumState,
  ended: EndedEpisodes,
): UpperCurriculumState {
  const { episodes } = ended;
  if (episodes === 0) return state;
  const survival = meanSurvival(state, ended, config.window);
  const survives = survival.survived > config.survival;
  const amplitude = state.amplitude + episodes * (survives ? config.amplitudeUp : -config.amplitudeDown);
  const commandSpeed = state.commandSpeed + episodes * (survives ? config.commandStep : -config.commandStep);
  return {
    ...survival,
    amplitude: Math.min(1, Math.max(0, amplitude)),
    commandSpeed: Math.min(config.widestCommand, Math.max(0, commandSpeed)),
  };
}

function demands({ amplitude, commandSpeed }: UpperCurriculumState, task: TaskConfig): Curriculum {
  return {
    commands: { ...task.commands, vx: [-commandSpeed, commandSpeed] },
    pushes: task.pushes,
    motionAmplitude: amplitude,
    // All motions, each as likely: only their size grows.
    motionDifficulty: 1,
    shaping: 1,
    harness: 0,
    variety: 1,
  };
}
