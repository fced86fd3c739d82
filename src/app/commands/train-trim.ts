import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hashBytes, hashText } from "../../common/index.ts";
import { fineLowerTask, readPolicyFile, writePolicyFile } from "../../policies/index.ts";
import { trim } from "../../policies/node.ts";
import { libraryOf, PlantConfig, type RobotSpec } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { writeFlags } from "../flags.ts";
import { Gains, readGains } from "../gains.ts";
import { readMotions } from "../motions.ts";
import { loadPolicyFile, readControllerFiles } from "../policy-files.ts";
import { softwareVersions } from "../provenance.ts";
import { claimRunPath, RunFolder } from "../runs/run-folder.ts";
import { newestPolicy } from "../runs/stage-run.ts";
import { loadWorld } from "../worlds.ts";
import { EPISODE_FLAGS, requireFitting } from "./locomotion-suite.ts";

const Flags = z.strictObject({
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  init: z.string().meta({ description: "a run or a policy file of the legs", placeholder: "path" }),
  opponent: z.array(z.string()).default([]).meta({
    description: "policies of the other joints; default: arms follow motions open loop",
    placeholder: "file",
  }),
  begin: Gains.default([]).meta({
    description: "gains to begin at; axes that are not named begin at 1",
    placeholder: "axis=n",
  }),
  axes: z.array(z.string()).default([]).meta({
    description: "what is tried, such as joint_pos.torso; default: all there is",
    placeholder: "axis",
  }),
  only: z
    .enum(["stand", "walk"])
    .optional()
    .describe(
      "judge by standing (whole arm motions, no push, three times as long) or walking alone; default: both",
    ),
  physics: z
    .enum(["training", "eval"])
    .default("training")
    .describe(
      "large steps as in training, or the small ones of eval, which take three times as long and tell how hard feet land",
    ),
  generations: z.int().nonnegative().default(25).describe("rounds of trying; 0 takes what --begin says"),
  population: z.int().min(4).optional().describe("candidates of a round; default: 12 for twenty axes"),
  episodes: z.int().positive().default(20).describe("episodes that each candidate is judged by"),
  push: z.number().nonnegative().default(1).describe("greatest push per axis at half time, m/s"),
  variety: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("share of the randomization of training by which robots differ"),
  ...EPISODE_FLAGS,
  seconds: z.number().positive().default(8).describe("length of an episode, s"),
  runs: z.string().default("runs").meta({ description: "folder of all runs", placeholder: "folder" }),
});
type Flags = z.output<typeof Flags>;

/** Flags that change nothing about the result. */
const PASSING = ["runs", "workers"];

/** Robots that differ as in the training of legs that walk, in its large steps of the physics or in those of `eval`. */
function plantOf(physics: Flags["physics"], robot: RobotSpec): PlantConfig {
  const { plant } = fineLowerTask(robot);
  return physics === "training" ? plant : PlantConfig.parse({ randomization: plant.randomization });
}

/** `contrapposto train trim`. */
export const trainTrim = defineCommand({
  description: `Trims trained legs: tries gains for what they observe (commands, joints, arms, gait clock) and how far they believe to lean, and keeps
what follows commands best without falling. It takes minutes where PPO takes hours, for PPO climbs slowly along what is the same in every state.
The result is a policy file in a run folder, folded into it: begin from it by --init, or ship it.`,
  flags: Flags,
  examples: [
    { line: "train trim --init runs/lower/20260101-120000_h1_2", about: "the newest policy of a run" },
    {
      line: "train trim --robot h1 --init lower.onnx --opponent upper.onnx --generations 40",
      about: "longer, with the arms that it will walk with",
    },
    {
      line: "train trim --init lower.onnx --begin joint_pos.shoulder_roll=0.25,joint_pos.torso=0.3",
      about: "legs that make less of where the arms are, to begin with",
    },
    {
      line: "train trim --init lower.onnx --only walk --physics eval --axes swing.hip_pitch,swing.knee,swing.ankle_pitch",
      about:
        "how legs hold their joints in swing, for feet that land softly; robots that stand stay as they are",
    },
    {
      line: "train trim --init lower.onnx --only stand --seconds 20 --axes joint_pos.torso,joint_pos.elbow_pitch",
      about: "what legs make of two joints that others drive, by a minute of standing",
    },
  ],
  run: async (flags, io) => {
    const world = loadWorld({ robot: flags.robot, scene: "flat", seed: flags.seed });
    const path = existsSync(join(flags.init, "config.json")) ? newestPolicy(flags.init) : flags.init;
    const file = await loadPolicyFile(path, { robot: world.robot.name });
    const companions = await readControllerFiles(flags.opponent, {});
    const legs = { name: path, bytes: writePolicyFile(file.model, file.spec) };
    const plant = plantOf(flags.physics, world.robot);
    await requireFitting(world.robot, [legs, ...companions], plant);
    const motions = await readMotions(world.robot);
    using progress = io.progress("generations", flags.generations);
    io.signal.addEventListener("abort", () => io.note("ends after this generation"), { once: true });
    const { policy, ...found } = await trim(file, {
      setup: { worlds: [world], plant, variety: flags.variety, motions },
      companions,
      episodes: {
        count: flags.episodes,
        seconds: flags.seconds,
        push: flags.push,
        only: flags.only,
        motions: libraryOf(motions).names({ split: "train" }),
      },
      begin: readGains(flags.begin),
      axes: flags.axes.length === 0 ? undefined : flags.axes,
      generations: flags.generations,
      population: flags.population,
      seed: flags.seed,
      workers: flags.workers,
      signal: io.signal,
      onGeneration: (done, cost) => progress.update(done, { details: `cost ${cost.toFixed(4)}` }),
    });
    if (Number.isNaN(found.after))
      return io.result({ end: "interrupted", generations: 0 }, () => "interrupted; nothing was found yet");
    const run = await keep(flags, policy, { ...found, begunFrom: hashBytes(file.model) });
    const { before, after } = found;
    io.result({ run, ...found }, () =>
      [
        `cost ${before.toFixed(4)} before, ${after.toFixed(4)} after, in ${4 * flags.episodes} episodes that were not searched with`,
        ...Object.entries(found.trim).map(([axis, value]) => `${axis}: ${value.toFixed(3)}`),
        after < before
          ? `policy in ${join(run, "policy.onnx")}`
          : `no better than it was: leave ${run} aside`,
      ].join("\n"),
    );
  },
});

type Found = Omit<Awaited<ReturnType<typeof trim>>, "policy"> & { readonly begunFrom: string };

/** Writes a run folder, with the policy that says where it is from. */
async function keep(flags: Flags, policy: Uint8Array, found: Found): Promise<string> {
  const { runs, workers, ...config } = flags;
  const words = ["contrapposto train trim", `--robot ${flags.robot}`, `--seed ${flags.seed}`];
  const command = [...words, ...writeFlags(Flags, flags, [...PASSING, "robot", "seed"])].join(" ");
  const versions = await softwareVersions();
  const { model, spec } = readPolicyFile(policy);
  const provenance = {
    command,
    configHash: hashText(JSON.stringify(config)),
    commit: versions.commit,
    seed: flags.seed,
    steps: found.steps,
    metrics: { before: found.before, after: found.after },
  };
  const path = claimRunPath(flags.runs, "trim", flags.robot);
  using folder = await RunFolder.create(path, { kind: "trim", ...config, found }, { command, ...versions });
  await folder.savePolicy(writePolicyFile(model, { ...spec, provenance }));
  return folder.path;
}
