import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UnknownNameError, UsageError } from "../../common/index.ts";
import {
  createController,
  LEVELS,
  type LevelReport,
  locomotionEpisodes,
  reportByLevel,
} from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { controlTimestep, libraryOf, PlantConfig } from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { readMotions } from "../motions.ts";
import { readControllerFiles } from "../policy-files.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { policiesAskedFor } from "../runs/run-policy.ts";
import { formatTable } from "../table.ts";
import { loadWorld } from "../worlds.ts";

/** `contrapposto eval locomotion`. */
export const evalLocomotion = defineCommand({
  description: `Runs a policy through commands, arm motions, pushes and terrain, and sums up by level. "grid" is 27 everyday commands with a
push of up to 0.5 m/s; "easy", "medium" and "hard" are ALMI's, where linear and angular commands are tested apart and the
last two push by up to 1 m/s; "stand" asks for nothing, "walk" for 0.5 m/s forward. Errors are means over the steps alive; a fall ends an episode.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot; see robot list"),
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
    levels: z
      .array(z.string())
      .default(["grid", "easy", "medium", "hard"])
      .describe("stand, walk, grid, easy, medium, hard"),
    amplitudes: z
      .array(z.number().min(0).max(1.5))
      .default([0, 0.5, 1])
      .describe("shares of the arm motions asked for"),
    repeats: z.int().positive().default(2).describe("episodes of each command and amplitude"),
    seconds: z.number().positive().default(20).describe("length of an episode, s"),
    terrain: z.boolean().default(true).describe("rough ground at medium and hard, as in the paper"),
    seed: z.int().nonnegative().default(0).describe("decides motions, pushes and starts"),
    workers: z
      .int()
      .positive()
      .default(availableParallelism())
      .describe("threads; the outcome does not depend on it"),
    out: z
      .string()
      .optional()
      .meta({ description: "write every episode's outcome as JSON", placeholder: "file" }),
    plant: PlantConfig.prefault({}),
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
      line: "eval locomotion --policy walk.pt --model other/h1_2.xml",
      about: "the same policy on another model of the robot",
    },
    {
      line: "eval locomotion --policy walk.onnx --plant.randomization.hand-payload 3,3",
      about: "with 3 kg in each hand",
    },
  ],
  run: async (flags, io) => {
    for (const level of flags.levels)
      if (LEVELS[level] === undefined) throw new UnknownNameError("level", level, Object.keys(LEVELS));
    const motions = await readMotions(findRobot(flags.robot, ROBOT_PLACES).robot);
    const episodes = locomotionEpisodes({ ...flags, motions: libraryOf(motions).names({ split: "eval" }) });
    const scenes = [...new Set(episodes.map(({ scene }) => scene))];
    const worlds = scenes.map((scene) =>
      loadWorld({ robot: flags.robot, model: flags.model, scene, seed: flags.seed }),
    );
    const [{ robot }] = worlds;
    const controller = await readControllerFiles(policiesAskedFor(flags), flags);
    // Built once here, so that a policy that does not fit is refused before any thread starts.
    const policy = await createController(robot, controller, controlTimestep(flags.plant));
    requireSameRate(policy.controlTimestep, flags.plant);
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

function requireSameRate(timestep: number, plant: PlantConfig): void {
  if (Math.abs(timestep - controlTimestep(plant)) < 1e-9) return;
  throw new UsageError(
    `The policy acts every ${timestep} s, but the control step is ${controlTimestep(plant)} s.`,
    "Set --plant.timestep and --plant.decimation so that their product is the policy's.",
  );
}

function table(levels: Record<string, LevelReport>, bold: (text: string) => string): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return formatTable(
    [
      "level",
      "episodes",
      "survival",
      "95 %",
      "velocity, m/s",
      "turn, rad/s",
      "arms, rad",
      "tilt",
      "action rate, rad",
      "peak speed",
      "peak torque",
    ],
    Object.entries(levels).map(([level, r]) => [
      level,
      r.episodes,
      percent(r.survival),
      `${percent(r.survivalLow)} to ${percent(r.survivalHigh)}`,
      `${r.velError.toFixed(3)} ± ${r.velErrorHalfWidth.toFixed(3)}`,
      `${r.yawRateError.toFixed(3)} ± ${r.yawRateErrorHalfWidth.toFixed(3)}`,
      r.jointError.toFixed(3),
      r.gravityError.toFixed(3),
      r.actionRate.toFixed(4),
      percent(r.peakVelocityShare),
      percent(r.peakTorqueShare),
    ]),
    bold,
  );
}
