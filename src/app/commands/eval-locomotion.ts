import { join } from "node:path";
import { z } from "zod";
import { type LevelReport, reportByLevel } from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { readControllerFiles } from "../policy-files.ts";
import { policiesAskedFor } from "../runs/run-policy.ts";
import { formatTable } from "../table.ts";
import { MEASURES, measuresOf, openSuite, percent, requireFitting, suiteFlags } from "./locomotion-suite.ts";

/** `contrapposto eval locomotion`. */
export const evalLocomotion = defineCommand({
  description: `Runs a policy through commands, arm motions, pushes and terrain, and sums up by level. "grid" is 27 everyday commands with a
push of up to 0.5 m/s; "easy", "medium" and "hard" are ALMI's, where linear and angular commands are tested apart and the
last two push by up to 1 m/s; "stand" asks for nothing, "walk" for 0.5 m/s forward. Errors are means over the steps alive; a fall ends an episode.`,
  flags: z.strictObject({
    ...suiteFlags(["grid", "easy", "medium", "hard"], [0, 0.5, 1], 2),
    model: z
      .string()
      .optional()
      .meta({ description: "another MJCF with the same joint names", placeholder: "file" }),
    policy: z.array(z.string()).default([]).meta({
      description: "policy files; default: those that ship for the robot; balance: none",
      placeholder: "file",
    }),
    run: z.string().optional().meta({
      description: "newest policies of a training run, which keeps the result as eval.json",
      placeholder: "folder",
    }),
    preset: z.string().optional().describe("description of a policy file that carries none"),
    deploy: z
      .string()
      .optional()
      .meta({ description: "deploy.yaml that belongs to the policy file", placeholder: "file" }),
    out: z
      .string()
      .optional()
      .meta({ description: "write every episode's outcome as JSON", placeholder: "file" }),
  }),
  examples: [
    { line: "eval locomotion --policy walk.onnx", about: "the table by level" },
    {
      line: "eval locomotion --run runs/lower/20260101-120000_h1_2",
      about: "what a training run can do by now",
    },
    {
      line: "eval locomotion --policy walk.onnx --levels hard --repeats 10 --json",
      about: "one level, more episodes, for a program",
    },
    {
      line: "eval locomotion --levels stand --amplitudes 1 --seconds 60 --motions all --repeats each",
      about: "how far it drifts in a minute of standing, under every motion",
    },
    {
      line: "eval locomotion --policy walk.pt --model other/h1_2.xml",
      about: "the same policy on another model of the robot",
    },
    {
      line: "eval locomotion --policy walk.onnx --plant.randomization.hand-payload 3,3",
      about: "with 3 kg in each hand",
    },
  ],
  run: async (flags, io) => {
    const { robot, motions, episodes, worlds } = await openSuite(flags, flags.model);
    const controller = await readControllerFiles(policiesAskedFor(flags), flags);
    const policy = await requireFitting(robot, controller, flags.plant);
    using progress = io.progress("episodes", episodes.length);
    const outcomes = await evaluate({ worlds, plant: flags.plant, controller, motions }, episodes, {
      workers: flags.workers,
      onProgress: (done) => progress.update(done),
      signal: io.signal,
    });
    if (flags.out !== undefined) await writeAtomically(flags.out, `${JSON.stringify(outcomes, null, 1)}\n`);
    const report = {
      robot: robot.name,
      model: flags.model ?? robot.model,
      policy: policy.name,
      seed: flags.seed,
      episodes: outcomes.length,
      levels: reportByLevel(outcomes),
    };
    // A whole result in the run's folder is worth more than a part of a newer one.
    if (flags.run !== undefined && !io.signal.aborted)
      await writeAtomically(join(flags.run, "eval.json"), `${JSON.stringify(report, null, 1)}\n`);
    io.result(report, ({ levels }) =>
      [`${policy.name} on ${robot.title}, ${outcomes.length} episodes`, table(levels, io.style.bold)].join(
        "\n",
      ),
    );
  },
});

function table(levels: Record<string, LevelReport>, bold: (text: string) => string): string {
  return formatTable(
    ["level", ...MEASURES, "peak speed", "peak torque"],
    Object.entries(levels).map(([level, report]) => [
      level,
      ...measuresOf(report),
      percent(report.peakVelocityShare),
      percent(report.peakTorqueShare),
    ]),
    bold,
  );
}
