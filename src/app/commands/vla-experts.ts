import { z } from "zod";
import { wilsonInterval } from "../../common/index.ts";
import { EXPERT_MODES, MANIPULATION_TASKS, manipulationTask, SPLITS } from "../../sim/index.ts";
import { measureExperts } from "../../vla/node.ts";
import { defineCommand } from "../command.ts";
import { LowerFlag, loadManipulation } from "../manipulation.ts";

/** `contrapposto vla experts`. */
export const vlaExperts = defineCommand({
  description: `Measures how often the scripted experts succeed, by task and mode, with 95 % intervals (Wilson). A nominal expert should
succeed in at least 95 % of episodes; a sloppy one should not.`,
  flags: z.strictObject({
    task: z
      .array(z.string())
      .default(MANIPULATION_TASKS.map(({ name }) => name))
      .describe("tasks by name"),
    mode: z
      .array(z.enum(EXPERT_MODES))
      .default([...EXPERT_MODES])
      .describe("ways of doing it"),
    episodes: z.int().positive().default(100).describe("episodes for each task and mode"),
    seed: z.int().nonnegative().default(0).describe("seed of the first episode"),
    split: z.enum(SPLITS).default("test").describe("which scenes"),
    base: z.enum(["fixed", "standing"]).default("fixed").describe("bolted down, or standing"),
    lower: LowerFlag,
    workers: z.int().positive().default(2).describe("threads"),
  }),
  examples: [
    { line: "vla experts", about: "all tasks and modes" },
    { line: "vla experts --base standing --mode nominal --episodes 50", about: "on the robot's own legs" },
  ],
  run: async (flags, io) => {
    const rows = [];
    const begun = performance.now();
    for (const name of flags.task) {
      if (io.signal.aborted) break;
      const task = manipulationTask(name).name;
      const setup = await loadManipulation(task, flags.base, flags.lower);
      for (const mode of flags.mode) {
        const jobs = Array.from({ length: flags.episodes }, (_, i) => ({
          request: { split: flags.split, seed: flags.seed + i },
          mode,
        }));
        using progress = io.progress(`${task}, ${mode}`, jobs.length);
        const outcomes = await measureExperts(
          { setup, jobs },
          { workers: flags.workers, onProgress: (done) => progress.update(done), signal: io.signal },
        );
        if (io.signal.aborted) break;
        const won = outcomes.filter(({ outcome }) => outcome === "succeeded");
        const failed = outcomes.filter(({ outcome }) => outcome === "failed").length;
        const { low, high } = wilsonInterval(won.length, outcomes.length);
        const mean = won.reduce((sum, { seconds }) => sum + seconds, 0) / Math.max(1, won.length);
        const simulated = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
        rows.push({ task, mode, success: won.length / outcomes.length, low, high, failed, mean, simulated });
      }
    }
    const wall = (performance.now() - begun) / 1000;
    const simulated = rows.reduce((sum, row) => sum + row.simulated, 0);
    const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
    io.table(
      ["task", "mode", "success", "95 %", "failed", "seconds"],
      rows.map(({ task, mode, success, low, high, failed, mean }) => [
        task,
        mode,
        percent(success),
        `${percent(low)} to ${percent(high)}`,
        failed,
        mean.toFixed(1),
      ]),
    );
    const { episodes, split, base } = flags;
    io.result(
      { episodes, split, base, rows, simulatedPerSecond: simulated / wall },
      (result) =>
        `${result.simulatedPerSecond.toFixed(0)} simulated seconds per second, start of the threads included`,
    );
  },
});
