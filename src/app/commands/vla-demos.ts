import { join } from "node:path";
import { z } from "zod";
import { EXPERT_MODES, MANIPULATION_TASKS, MIXTURES, manipulationTask, SPLITS } from "../../sim/index.ts";
import { type DemoSet, demoJobs, makeDemoSet } from "../../vla/node.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { LowerFlag, loadManipulation } from "../manipulation.ts";

const mixtures = Object.keys(MIXTURES);

/** `contrapposto vla demos`. */
export const vlaDemos = defineCommand({
  description: `Lets scripted experts do the manipulation tasks and keeps what they saw and did, one file a task. The same flags make the same
bytes, whatever the number of threads. What the mixtures are made of: docs/tasks.md.`,
  flags: z.strictObject({
    out: z.string().default("demos").meta({ description: "folder to write to", placeholder: "folder" }),
    task: z
      .array(z.string())
      .default(MANIPULATION_TASKS.map(({ name }) => name))
      .describe("tasks by name"),
    episodes: z.int().positive().default(800).describe("episodes a task"),
    seed: z.int().nonnegative().default(0).describe("seed of the first episode; the others follow"),
    split: z.enum(SPLITS).default("train").describe("which scenes"),
    mixture: z.enum(mixtures).default("mixed").describe("how the experts' modes are mixed"),
    base: z.enum(["fixed", "standing"]).default("fixed").describe("bolted down, or standing"),
    lower: LowerFlag,
    noise: z.number().nonnegative().default(0.012).describe("noise on executed joint targets, rad"),
    imageStride: z.int().positive().default(2).describe("frames from one set of pictures to the next"),
    workers: z.int().positive().default(2).describe("threads"),
  }),
  examples: [
    { line: "vla demos", about: "800 episodes of every task into demos/" },
    { line: "vla demos --task press-button --episodes 20 --mixture clean", about: "one task, one mode" },
  ],
  run: async (flags, io) => {
    const made = [];
    for (const name of flags.task) {
      const task = manipulationTask(name).name;
      const setup = await loadManipulation(task, flags.base, flags.lower);
      const { imageStride, noise, mixture, split } = flags;
      const jobs = demoJobs(task, split, { from: flags.seed, count: flags.episodes }, mixture);
      using progress = io.progress(task, jobs.length);
      const begun = performance.now();
      const set = await makeDemoSet(
        { setup, jobs, options: { imageStride, noise, mixture } },
        { workers: flags.workers, onProgress: (done) => progress.update(done), signal: io.signal },
      );
      if (set === undefined || io.signal.aborted) break;
      const file = join(flags.out, `${task}.demos`);
      await writeAtomically(file, set.bytes);
      made.push(summary(set, file, (performance.now() - begun) / 1000));
    }
    io.result({ mixture: flags.mixture, split: flags.split, seed: flags.seed, files: made }, ({ files }) =>
      files
        .map(
          ({ task, episodes, success, seconds, megabytes, file }) =>
            `${task}  ${episodes} episodes, ${Math.round(100 * success)} % succeeded, ${seconds.toFixed(0)} s, ${megabytes.toFixed(1)} MB  ${file}`,
        )
        .join("\n"),
    );
  },
});

function summary({ header, infos, bytes }: DemoSet, file: string, seconds: number) {
  const share = (list: readonly { outcome: string }[]) =>
    list.length === 0 ? 0 : list.filter(({ outcome }) => outcome === "succeeded").length / list.length;
  const modes = Object.fromEntries(
    EXPERT_MODES.map((mode) => {
      const own = infos.filter((info) => info.mode === mode);
      return [mode, { episodes: own.length, success: share(own) }];
    }),
  );
  return {
    task: header.task,
    file,
    episodes: infos.length,
    frames: infos.reduce((sum, { frames }) => sum + frames, 0),
    success: share(infos),
    modes,
    seconds,
    megabytes: bytes.length / 1e6,
  };
}
