import { z } from "zod";
import type { Curriculum, TaskConfig } from "../../sim/index.ts";
import { ODOMETER_START, OdometerConfig, type OdometerState, turnOdometer } from "./odometer.ts";

/** How the lower body's training gets harder. Rates are per finished episode, so they hold for any number of environments. */
export const LowerCurriculumConfig = z.strictObject({
  odometer: OdometerConfig.prefault({}),
  survival: z.number().default(0.8).describe("share of the episode's length that counts as surviving"),
  shapingFade: z.number().nonnegative().default(2e-5).describe("lost by the shaping rewards' factor"),
  pushStart: z.number().default(0.2).describe("push speed at the start, m/s"),
  pushGrowth: z.number().nonnegative().default(2e-5).describe("gained by the push speed, m/s"),
  deviationStart: z
    .number()
    .positive()
    .default(0.55)
    .describe("floor of the actions' standard deviation at the start"),
  deviationEnd: z.number().positive().default(0.1).describe("floor once shaping has faded out"),
  commandGrowth: z
    .number()
    .nonnegative()
    .default(2e-5)
    .describe("gained by each bound of the commands, m/s or rad/s"),
  widestCommands: z
    .tuple([z.number(), z.number(), z.number()])
    .default([1.3, 0.6, 0.6])
    .describe("bounds of forward, sideways and turn commands at the end"),
});
export type LowerCurriculumConfig = z.infer<typeof LowerCurriculumConfig>;

/** Where the curriculum stands; goes into checkpoints. */
export interface LowerCurriculumState extends OdometerState {
  /** Running mean of the share of the episode length that episodes last. */
  readonly survived: number;
  readonly shaping: number;
  readonly pushSpeed: number;
  /** Added to each command bound so far. */
  readonly commandGain: number;
}

export function startCurriculum(config: LowerCurriculumConfig): LowerCurriculumState {
  return { ...ODOMETER_START, survived: 0, shaping: 1, pushSpeed: config.pushStart, commandGain: 0 };
}

/**
 * The curriculum after an iteration in which some episodes ended. First the robot learns to step with help; the arms,
 * the pushes and the commands get harder only while it survives.
 *
 * @param episodes how many ended
 * @param meanShare mean share of the full length that they lasted
 */
export function advanceCurriculum(
  config: LowerCurriculumConfig,
  state: LowerCurriculumState,
  episodes: number,
  meanShare: number,
): LowerCurriculumState {
  if (episodes === 0) return state;
  const forget = Math.min(1, episodes / 256);
  const survived = state.survived + forget * (meanShare - state.survived);
  if (survived <= config.survival)
    return { ...state, ...turnOdometer(config.odometer, state, episodes, survived), survived };
  return {
    ...turnOdometer(config.odometer, state, episodes, survived),
    survived,
    shaping: Math.max(0, state.shaping - config.shapingFade * episodes),
    pushSpeed: Math.min(1, state.pushSpeed + config.pushGrowth * episodes),
    commandGain: state.commandGain + config.commandGrowth * episodes,
  };
}

/** What the environments are asked for at this stand of the curriculum. */
export function curriculumFor(
  config: LowerCurriculumConfig,
  state: LowerCurriculumState,
  task: TaskConfig,
): Curriculum {
  const widen = ([low, high]: readonly [number, number], widest: number): [number, number] => [
    -Math.min(Math.max(widest, -low), -low + state.commandGain),
    Math.min(Math.max(widest, high), high + state.commandGain),
  ];
  const [vx, vy, yawRate] = config.widestCommands;
  const { commands, pushes } = task;
  return {
    commands: {
      ...commands,
      vx: widen(commands.vx, vx),
      vy: widen(commands.vy, vy),
      yawRate: widen(commands.yawRate, yawRate),
    },
    pushes: pushes === undefined ? undefined : { ...pushes, speed: Math.min(pushes.speed, state.pushSpeed) },
    motionAmplitude: state.amplitude,
    motionDifficulty: state.difficulty,
    shaping: state.shaping,
  };
}

/** The floor under the actions' standard deviation: high while help is needed, so that exploration does not die early. */
export function deviationFloor(config: LowerCurriculumConfig, state: LowerCurriculumState): number {
  return config.deviationEnd + (config.deviationStart - config.deviationEnd) * state.shaping;
}
