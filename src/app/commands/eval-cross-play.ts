import { availableParallelism } from "node:os";
import { z } from "zod";
import { UnknownNameError, UsageError } from "../../common/index.ts";
import {
  createController,
  LEVELS,
  type LevelReport,
  locomotionEpisodes,
  reportByLevel,
  reportEpisodes,
} from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { controlTimestep, libraryOf, PlantConfig } from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { readMotions } from "../motions.ts";
import { distinctParts } from "../path-parts.ts";
import { readControllerFiles } from "../policy-files.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { formatTable } from "../table.ts";
import { loadWorld } from "../worlds.ts";

/** In place of an upper policy: waist and arms follow the motion by their own PD control, without a network. */
const OPEN_LOOP = "open-loop";

/** One lower policy with one upper policy: over all episodes, and by level. */
interface Cell extends LevelReport {
  readonly lower: string;
  readonly upper: string;
  readonly levels: Readonly<Record<string, LevelReport>>;
}

/** `contrapposto eval cross-play`. */
export const evalCrossPlay = defineCommand({
  description: `Runs every lower policy with every upper policy through the same episodes, so that what iteration brought can be read
off a table (the paper's table 6). "${OPEN_LOOP}" stands for an upper body without a network, whose joints follow the motion by
PD control: the baseline that a learnt one has to beat. Levels and measures are those of eval locomotion.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot; see robot list"),
    lowers: z.array(z.string()).min(1).meta({ description: "policies of the legs", placeholder: "file" }),
    uppers: z
      .array(z.string())
      .min(1)
      .default([OPEN_LOOP])
      .meta({ description: `policies of waist and arms, or ${OPEN_LOOP}`, placeholder: "file" }),
    levels: z
      .array(z.string())
      .default(["easy", "medium", "hard"])
      .describe("stand, walk, grid, easy, medium, hard"),
    amplitudes: z
      .array(z.number().min(0).max(1.5))
      .default([1])
      .describe("shares of the arm motions asked for"),
    repeats: z.int().positive().default(5).describe("episodes of each command and amplitude"),
    seconds: z.number().positive().default(20).describe("length of an episode, s"),
    terrain: z.boolean().default(true).describe("rough ground at medium and hard, as in the paper"),
    seed: z.int().nonnegative().default(0).describe("decides motions, pushes and starts"),
    workers: z
      .int()
      .positive()
      .default(availableParallelism())
      .describe("threads; the outcome does not depend on it"),
    plant: PlantConfig.prefault({}),
  }),
  examples: [
    {
      line: "eval cross-play --lowers lower-1.onnx,lower-3.onnx --uppers upper-2.onnx,open-loop",
      about: "a table of four pairs at three levels",
    },
    {
      line: "eval cross-play --lowers lower-1.onnx,lower-2.onnx --levels hard --repeats 20 --json",
      about: "one level, more episodes, for a program",
    },
  ],
  run: async (flags, io) => {
    for (const level of flags.levels)
      if (LEVELS[level] === undefined) throw new UnknownNameError("level", level, Object.keys(LEVELS));
    const { robot } = findRobot(flags.robot, ROBOT_PLACES);
    const motions = await readMotions(robot);
    const episodes = locomotionEpisodes({ ...flags, motions: libraryOf(motions).names({ split: "eval" }) });
    const scenes = [...new Set(episodes.map(({ scene }) => scene))];
    const worlds = scenes.map((scene) => loadWorld({ robot: flags.robot, scene, seed: flags.seed }));
    const pairs = flags.lowers.flatMap((lower) => flags.uppers.map((upper) => ({ lower, upper })));
    const controllers = await Promise.all(
      pairs.map(({ lower, upper }) =>
        readControllerFiles(upper === OPEN_LOOP ? [lower] : [lower, upper], {}),
      ),
    );
    // All pairs are tried here, so that one that does not fit is refused before hours of work.
    for (const [i, controller] of controllers.entries()) {
      const { controlTimestep: rate } = await createController(
        robot,
        controller,
        controlTimestep(flags.plant),
      );
      if (Math.abs(rate - controlTimestep(flags.plant)) > 1e-9)
        throw new UsageError(
          `"${pairs[i].lower}" acts every ${rate} s, but the control step is ${controlTimestep(flags.plant)} s.`,
          "Set --plant.timestep and --plant.decimation so that their product is the policy's.",
        );
    }
    using progress = io.progress("episodes", pairs.length * episodes.length);
    const cells: Cell[] = [];
    for (const [i, controller] of controllers.entries()) {
      const outcomes = await evaluate({ worlds, plant: flags.plant, controller, motions }, episodes, {
        workers: flags.workers,
        onProgress: (done) => progress.update(i * episodes.length + done),
        signal: io.signal,
      });
      if (io.signal.aborted) break; // half a cell would be compared with whole ones
      cells.push({ ...pairs[i], ...reportEpisodes(outcomes), levels: reportByLevel(outcomes) });
    }
    const { lowers, uppers, seed } = flags;
    io.result({ robot: robot.name, seed, lowers, uppers, cells }, () => table(cells, io.style.bold));
  },
});

function table(cells: readonly Cell[], bold: (text: string) => string): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const names = distinctParts(cells.flatMap(({ lower, upper }) => [lower, upper]));
  const rows = cells.flatMap(({ lower, upper, levels }) =>
    Object.entries(levels).map(([level, r]) => [
      level,
      names.get(lower) ?? lower,
      names.get(upper) ?? upper,
      r.episodes,
      percent(r.survival),
      `${percent(r.survivalLow)} to ${percent(r.survivalHigh)}`,
      `${r.velError.toFixed(3)} ± ${r.velErrorHalfWidth.toFixed(3)}`,
      `${r.yawRateError.toFixed(3)} ± ${r.yawRateErrorHalfWidth.toFixed(3)}`,
      r.jointError.toFixed(4),
      r.gravityError.toFixed(3),
      r.actionRate.toFixed(4),
    ]),
  );
  const order = [...new Set(rows.map(([level]) => level))];
  rows.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  return formatTable(
    [
      "level",
      "lower",
      "upper",
      "episodes",
      "survival",
      "95 %",
      "velocity, m/s",
      "turn, rad/s",
      "arms, rad",
      "tilt",
      "action rate, rad",
    ],
    rows,
    bold,
  );
}
