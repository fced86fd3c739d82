import { z } from "zod";
import { type LevelReport, reportByLevel, reportEpisodes } from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { defineCommand } from "../command.ts";
import { distinctParts } from "../path-parts.ts";
import { readControllerFiles } from "../policy-files.ts";
import { formatTable } from "../table.ts";
import { MEASURES, measuresOf, openSuite, requireFitting, suiteFlags } from "./locomotion-suite.ts";

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
    ...suiteFlags(["easy", "medium", "hard"], [1], 5),
    lowers: z.array(z.string()).min(1).meta({ description: "policies of the legs", placeholder: "file" }),
    uppers: z
      .array(z.string())
      .min(1)
      .default([OPEN_LOOP])
      .meta({ description: `policies of waist and arms, or ${OPEN_LOOP}`, placeholder: "file" }),
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
    const { robot, motions, episodes, worlds } = await openSuite(flags);
    const pairs = flags.lowers.flatMap((lower) => flags.uppers.map((upper) => ({ lower, upper })));
    const controllers = await Promise.all(
      pairs.map(({ lower, upper }) =>
        readControllerFiles(upper === OPEN_LOOP ? [lower] : [lower, upper], {}),
      ),
    );
    for (const controller of controllers) await requireFitting(robot, controller, flags.plant);
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
  const names = distinctParts(cells.flatMap(({ lower, upper }) => [lower, upper]));
  const rows = cells.flatMap(({ lower, upper, levels }) =>
    Object.entries(levels).map(([level, report]) => [
      level,
      names.get(lower) ?? lower,
      names.get(upper) ?? upper,
      ...measuresOf(report),
    ]),
  );
  const order = [...new Set(rows.map(([level]) => level))];
  rows.sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  return formatTable(["level", "lower", "upper", ...MEASURES], rows, bold);
}
