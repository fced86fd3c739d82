import { z } from "zod";
import type { Curriculum, TaskConfig } from "../../sim/index.ts";
import type { EndedEpisodes } from "./episode-watch.ts";
import { ODOMETER_START, OdometerConfig, turnOdometer } from "./odometer.ts";
import { type CurriculumRules, meanSurvival } from "./stage-curriculum.ts";

/** How the lower body's training gets harder. Rates are per finished episode, so they hold for any number of environments. */
export const LowerCurriculumConfig = z.strictObject({
  odometer: OdometerConfig.prefault({}),
  survival: z.number().default(0.8).describe("share of the episode's length that counts as surviving"),
  hardening: z
    .number()
    .default(0.8)
    .describe("share of it that has to be survived for shaping to fade and pushes and commands to grow"),
  beginsHardest: z
    .boolean()
    .default(false)
    .describe("begin where it would end, but for the commands: for learners that can do that already"),
  harnessFade: z
    .number()
    .nonnegative()
    .default(0)
    .describe("lost by the harness's share while surviving, and gained while not; 0: no harness"),
  looseningStepping: z
    .number()
    .default(0)
    .describe("the harness is only loosened while this share of feet is where the gait clock wants them"),
  varietyStart: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("share of the randomization at the start; all of it once shaping has faded out"),
  shapingFade: z.number().nonnegative().default(2e-5).describe("lost by the shaping rewards' factor"),
  pushStart: z.number().default(0.2).describe("push speed at the start, m/s"),
  pushGrowth: z.number().nonnegative().default(2e-5).describe("gained by the push speed, m/s"),
  pushSoftening: z
    .number()
    .nonnegative()
    .default(0)
    .describe("lost by the push speed, m/s, while less is survived than it takes to harden"),
  deviationStart: z
    .number()
    .positive()
    .default(0.55)
    .describe("floor of the actions' standard deviation at the start"),
  deviationEnd: z
    .number()
    .positive()
    .default(0.1)
    .describe("floor once the harness is off or, where there is none, shaping has faded out"),
  commandGrowth: z
    .number()
    .nonnegative()
    .default(2e-5)
    .describe("gained by each bound of the commands, m/s or rad/s"),
  commandNarrowing: z
    .number()
    .nonnegative()
    .default(0)
    .describe("lost by it again, down to nothing, while too little is earned for following them"),
  wideningTracking: z
    .number()
    .default(0)
    .describe("commands only widen while this share of the reward for following them is earned"),
  armsTracking: z
    .number()
    .default(0)
    .describe("arm motions only get harder while this share of that reward is earned"),
  widestCommands: z
    .tuple([z.number(), z.number(), z.number()])
    .default([1.3, 0.6, 0.6])
    .describe("bounds of forward, sideways and turn commands at the end"),
});
export type LowerCurriculumConfig = z.infer<typeof LowerCurriculumConfig>;

const LowerCurriculumState = z.object({
  amplitude: z.number(),
  difficulty: z.number(),
  survived: z.number(),
  seen: z.number(),
  /** Share of the harness that still holds the robot. Nothing else gets harder until it is off. */
  harness: z.number(),
  /** Factor on the shaping rewards. */
  shaping: z.number(),
  /** Greatest push, m/s. */
  pushSpeed: z.number(),
  /** Added to each command bound so far. */
  commandGain: z.number(),
});
export type LowerCurriculumState = Readonly<z.infer<typeof LowerCurriculumState>>;

const HARDEST = { amplitude: 1, difficulty: 1, harness: 0, shaping: 0, pushSpeed: 1 };

/**
 * The rules of a config. First the robot learns to step with help; the arms, the pushes and the commands get harder
 * only while it survives.
 */
export function lowerCurriculum(config: LowerCurriculumConfig): CurriculumRules<LowerCurriculumState> {
  const easiest = {
    ...ODOMETER_START,
    survived: 0,
    seen: 0,
    harness: config.harnessFade === 0 ? 0 : 1,
    shaping: 1,
    pushSpeed: config.pushStart,
    commandGain: 0,
  };
  const start = config.beginsHardest ? { ...easiest, ...HARDEST } : easiest;
  return {
    start,
    parse: (stored) =>
      LowerCurriculumState.parse({ ...start, seen: config.odometer.window, ...(stored as object) }),
    advance: (state, ended) => advance(config, state, ended),
    demands: (state, task) => demands(config, state, task),
    deviationFloor: ({ harness, shaping }) => {
      // A robot that explores less and less in its harness settles for standing.
      const help = config.harnessFade === 0 ? shaping : Math.ceil(harness);
      return config.deviationEnd + (config.deviationStart - config.deviationEnd) * help;
    },
    isHardest: ({ amplitude, shaping }, full) =>
      amplitude >= full && (shaping === 0 || config.shapingFade === 0),
  };
}

function advance(
  config: LowerCurriculumConfig,
  state: LowerCurriculumState,
  ended: EndedEpisodes,
): LowerCurriculumState {
  const { episodes } = ended;
  if (episodes === 0) return state;
  const survival = meanSurvival(state, ended, config.odometer.window);
  const { survived } = survival;
  if (state.harness > 0) return { ...state, ...survival, harness: loosen(config, state, ended, survived) };
  const isFollowing = !(ended.tracking < config.wideningTracking);
  const narrowed = isFollowing ? 0 : config.commandNarrowing * episodes;
  const turned = {
    ...state,
    ...survival,
    commandGain: Math.max(0, state.commandGain - narrowed),
    ...turnOdometer(config.odometer, state, episodes, survived, ended.tracking >= config.armsTracking),
  };
  if (survived <= config.hardening) return { ...turned, pushSpeed: soften(config, state, episodes) };
  return {
    ...turned,
    shaping: Math.max(0, state.shaping - config.shapingFade * episodes),
    pushSpeed: Math.min(1, state.pushSpeed + config.pushGrowth * episodes),
    commandGain: turned.commandGain + (isFollowing ? config.commandGrowth * episodes : 0),
  };
}

/**
 * Off is off: a harness that would come back at each fall could not be left. It turns by the time that was lived and not
 * by the number of episodes, or the many short ones of a fall would tighten it at once and nothing be learnt at the edge.
 */
function loosen(
  config: LowerCurriculumConfig,
  { harness }: LowerCurriculumState,
  { episodes, meanShare, stepping }: EndedEpisodes,
  survived: number,
): number {
  const turn = config.harnessFade * episodes * meanShare;
  if (survived > config.survival && stepping < config.looseningStepping) return harness;
  return Math.min(1, Math.max(0, survived > config.survival ? harness - turn : harness + turn));
}

/** Pushes give way to the arms, which harden at a lower survival, and come back once the arms are mastered. */
function soften(
  { pushStart, pushSoftening }: LowerCurriculumConfig,
  { pushSpeed }: LowerCurriculumState,
  episodes: number,
): number {
  return Math.min(pushSpeed, Math.max(pushStart, pushSpeed - pushSoftening * episodes));
}

function demands(config: LowerCurriculumConfig, state: LowerCurriculumState, task: TaskConfig): Curriculum {
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
    harness: state.harness,
    variety: 1 - (1 - config.varietyStart) * state.shaping,
  };
}
