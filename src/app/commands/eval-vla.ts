import { z } from "zod";
import { MANIPULATION_TASKS, manipulationRobot, manipulationTask, SHIFTS, SPLITS } from "../../sim/index.ts";
import {
  checkAgainstRobot,
  readVlaSpec,
  reportVla,
  type SceneOutcome,
  SELECTORS,
  type VlaReport,
} from "../../vla/index.ts";
import { evaluateVla, evaluationJobs } from "../../vla/node.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { LowerFlag, loadManipulation } from "../manipulation.ts";
import { formatTable } from "../table.ts";
import { readScorers, readVla, ScorersFlag, VlaFlag } from "../vla-files.ts";

/** `contrapposto eval vla`. */
export const evalVla = defineCommand({
  description: `Lets a VLA do the tasks under one or more selectors, all on the same scenes and with the same noise: candidate 0 is the
single sample. Rates have Wilson's 95 % interval; each selector is compared with the single sample scene by scene, by
McNemar's exact test. The oracle looks into the simulator and is a ceiling, not a method.`,
  flags: z.strictObject({
    vla: VlaFlag,
    scorers: ScorersFlag.optional(),
    ensemble: z
      .array(z.string())
      .default([])
      .meta({ description: "further VLA runs, for the selector ensemble", placeholder: "folder" }),
    selector: z.array(z.enum(SELECTORS)).default(["single", "taco"]).describe("ways to choose"),
    task: z
      .array(z.string())
      .default([])
      .describe("tasks by name; default: those that the VLA was trained on"),
    episodes: z.int().positive().default(50).describe("scenes a task"),
    candidates: z.int().positive().default(16).describe("chunks to choose from"),
    execute: z.int().positive().optional().describe("actions used of a chunk; default: the VLA's"),
    split: z.enum(SPLITS).default("test").describe("which scenes"),
    shift: z.array(z.enum(SHIFTS)).default([]).describe("what is unlike training"),
    noise: z.enum(["fresh", "fixed"]).default("fresh").describe("new noise at every decision, or one bank"),
    seed: z.int().nonnegative().default(0).describe("seed of the first scene; the others follow"),
    base: z.enum(["fixed", "standing"]).default("fixed").describe("bolted down, or standing"),
    lower: LowerFlag,
    workers: z.int().positive().default(2).describe("threads; the outcome does not depend on it"),
    out: z
      .string()
      .optional()
      .meta({ description: "write every scene's outcome as JSON", placeholder: "file" }),
  }),
  examples: [
    {
      line: "eval vla --vla runs/vla/20260101-120000_flow --selector single",
      about: "success of the model by itself",
    },
    {
      line: "eval vla --vla runs/vla/20260101-120000_flow --scorers runs/taco/20260101-130000_fourier --selector single,random,elliptical,taco --json",
      about: "with and without TACO, for a program",
    },
  ],
  run: async (flags, io) => {
    const model = await readVla(flags.vla);
    const spec = readVlaSpec(model.prefix);
    checkAgainstRobot(spec, manipulationRobot(flags.base));
    const known = new Set(MANIPULATION_TASKS.map(({ name }) => name));
    const names = flags.task.length > 0 ? flags.task : spec.tasks.filter((name) => known.has(name));
    const work = {
      model,
      others: await Promise.all(flags.ensemble.map(readVla)),
      scorers: flags.scorers === undefined ? {} : await readScorers(flags.scorers),
      selectors: flags.selector,
      candidates: flags.candidates,
      executeHorizon: Math.min(flags.execute ?? spec.executeHorizon, spec.chunkHorizon),
      noise: flags.noise,
    };
    const jobs = evaluationJobs(flags.split, { from: flags.seed, count: flags.episodes }, flags.shift);
    const scenes: SceneOutcome[] = [];
    for (const name of names) {
      const task = manipulationTask(name).name;
      const setup = {
        ...(await loadManipulation(task, flags.base, flags.lower)),
        cameras: spec.cameras.map(({ name: camera, width, height }) => ({ camera, width, height })),
      };
      using progress = io.progress(task, jobs.length);
      const outcomes = await evaluateVla(
        { ...work, setup, jobs },
        { workers: flags.workers, signal: io.signal, onProgress: (done) => progress.update(done) },
      );
      scenes.push(...outcomes);
      if (io.signal.aborted) break;
    }
    if (flags.out !== undefined) await writeAtomically(flags.out, `${JSON.stringify(scenes, null, 1)}\n`);
    io.result(
      { ...reportVla(scenes), candidates: flags.candidates, split: flags.split, modelHash: spec.modelHash },
      (report) => table(report, io.style.bold),
    );
  },
});

function table(report: VlaReport, bold: (text: string) => string): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = Object.entries(report.mean).map(([selector, { success, low, high }]) => {
    const paired = report.againstSingle[selector];
    return [
      selector,
      percent(success),
      `${percent(low)} to ${percent(high)}`,
      paired === undefined ? "" : `${paired.wins} : ${paired.losses}`,
      paired === undefined ? "" : paired.p.toPrecision(2),
      report.latencyMs[selector].p50.toFixed(1),
      report.latencyMs[selector].p99.toFixed(1),
      report.seamJump[selector].toFixed(2),
      ...Object.values(report.tasks).map((own) => percent(own[selector].success)),
    ];
  });
  const titles = ["selector", "success", "95 %", "wins : losses", "p", "p50, ms", "p99, ms", "seam"];
  return formatTable([...titles, ...Object.keys(report.tasks)], rows, bold);
}
