import { availableParallelism } from "node:os";
import { z } from "zod";
import { UnknownNameError, UsageError } from "../../common/index.ts";
import {
  type ControllerFile,
  createController,
  type Drift,
  HELD,
  LEVELS,
  type LevelReport,
  locomotionEpisodes,
  type Policy,
} from "../../policies/index.ts";
import {
  controlTimestep,
  isRandomized,
  libraryOf,
  type MotionLibrary,
  PlantConfig,
  type RobotSpec,
} from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { readMotions } from "../motions.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { loadWorld } from "../worlds.ts";

/** Flags of every command that runs robots through episodes of walking. */
export const EPISODE_FLAGS = {
  seconds: z.number().positive().default(20).describe("length of an episode, s"),
  seed: z.int().nonnegative().default(0).describe("decides all that is drawn: motions, pushes, starts"),
  workers: z
    .int()
    .positive()
    .default(availableParallelism())
    .describe("threads; the outcome does not depend on it"),
};

/** Flags of the commands that test by level, as ALMI does. */
export const suiteFlags = (levels: string[], amplitudes: number[], repeats: number) => ({
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  levels: z.array(z.string()).default(levels).describe("stand, walk, grid, easy, medium, hard"),
  amplitudes: z
    .array(z.number().min(0).max(1.5))
    .default(amplitudes)
    .describe("shares of the arm motions asked for"),
  motions: z.array(z.string()).default(["eval"]).meta({
    description: "what arms do: held-out motions (eval), those to train with (train), all, or clips by name",
    placeholder: "name",
  }),
  repeats: z
    .union([z.int().positive(), z.literal("each")])
    .default(repeats)
    .describe("episodes of each command and amplitude, one where all are the same; each: every motion once"),
  terrain: z.boolean().default(true).describe("rough ground at medium and hard, as in the paper"),
  ...EPISODE_FLAGS,
  plant: PlantConfig.prefault({}),
});
export type SuiteFlags = z.output<z.ZodObject<ReturnType<typeof suiteFlags>>>;

/** Episodes, the worlds that they take place in, and motions. Throws `UnknownNameError` for an unknown level, robot or motion. */
export async function openSuite(flags: SuiteFlags, model?: string) {
  for (const level of flags.levels)
    if (LEVELS[level] === undefined) throw new UnknownNameError("level", level, Object.keys(LEVELS));
  const { robot } = findRobot(flags.robot, ROBOT_PLACES);
  const motions = await readMotions(robot);
  const episodes = locomotionEpisodes({
    ...flags,
    motions: flags.motions.flatMap((name) => namesFor(libraryOf(motions), name)),
    isRandomized: isRandomized(flags.plant),
  });
  const scenes = [...new Set(episodes.map(({ scene }) => scene))];
  const worlds = scenes.map((scene) => loadWorld({ robot: flags.robot, model, scene, seed: flags.seed }));
  return { robot, motions, episodes, worlds };
}

/** Clips that a word stands for. */
function namesFor(library: MotionLibrary, word: string): string[] {
  if (word === "all") return library.names();
  return word === "train" || word === "eval" ? library.names({ split: word }) : [library.info(word).name];
}

/** Builds a policy here, so that one that does not fit is refused before any thread starts. Throws `UsageError` for another rate. */
export async function requireFitting(
  robot: RobotSpec,
  files: readonly ControllerFile[],
  plant: PlantConfig,
): Promise<Policy> {
  const policy = await createController(robot, files, controlTimestep(plant));
  if (Math.abs(policy.controlTimestep - controlTimestep(plant)) < 1e-9) return policy;
  throw new UsageError(
    `"${policy.name}" acts every ${policy.controlTimestep} s, but the control step is ${controlTimestep(plant)} s.`,
    "Set --plant.timestep and --plant.decimation so that their product is the policy's.",
  );
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Columns of a table that hold what `measuresOf` says. */
export const MEASURES = [
  "episodes",
  "survival",
  "95 %",
  "velocity, m/s",
  "turn, rad/s",
  "arms, rad",
  "tilt",
  "action rate, rad",
  "slip, m/s",
  "on one foot",
  "drift, m",
  `within ${HELD} m`,
];

export function measuresOf(r: LevelReport): (string | number)[] {
  return [
    r.episodes,
    percent(r.survival),
    `${percent(r.survivalLow)} to ${percent(r.survivalHigh)}`,
    `${r.velError.toFixed(3)} ± ${r.velErrorHalfWidth.toFixed(3)}`,
    `${r.yawRateError.toFixed(3)} ± ${r.yawRateErrorHalfWidth.toFixed(3)}`,
    r.jointError.toFixed(4),
    r.gravityError.toFixed(3),
    r.actionRate.toFixed(4),
    r.feet?.slip.toFixed(3) ?? "unknown",
    r.feet === undefined ? "unknown" : percent(r.feet.singleSupport),
    r.drift === undefined ? "" : driftCell(r.drift),
    r.drift === undefined ? "" : percent(r.drift.held),
  ];
}

const driftCell = ({ mean, largest, largestUnder }: Drift): string =>
  `${mean.toFixed(3)} (${largest.toFixed(3)}${largestUnder === undefined ? "" : `, ${largestUnder}`})`;
