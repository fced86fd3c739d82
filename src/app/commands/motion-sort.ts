import { z } from "zod";
import { createController, motionEpisodes, rankBySurvival } from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { controlTimestep, libraryOf, PlantConfig } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { readMotions } from "../motions.ts";
import { readControllerFiles } from "../policy-files.ts";
import { formatTable } from "../table.ts";
import { loadWorld } from "../worlds.ts";
import { EPISODE_FLAGS } from "./locomotion-suite.ts";

/** `contrapposto motion sort`. */
export const motionSort = defineCommand({
  description: `Runs a walking policy through every motion for training and ranks them by how long it stays up: the order in which a
curriculum asks for them, in place of the one by acceleration and sway. Train with it by --motion-ranking.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot; see robot list"),
    policy: z.array(z.string()).min(1).meta({
      description: "policy of the legs, and of waist and arms where there is one",
      placeholder: "file",
    }),
    amplitude: z.number().min(0).max(1.5).default(1).describe("share of the motions that is asked for"),
    repeats: z.int().positive().default(3).describe("episodes of each motion, each with another command"),
    ...EPISODE_FLAGS,
    push: z.number().nonnegative().default(1).describe("greatest push per axis at half time, m/s"),
    out: z
      .string()
      .default("motion-ranking.json")
      .meta({ description: "where the ranking goes", placeholder: "file" }),
    plant: PlantConfig.prefault({}),
  }),
  examples: [
    { line: "motion sort --policy lower.onnx", about: "a ranking by three episodes a motion" },
    {
      line: "train lower --motion-ranking motion-ranking.json",
      about: "train with motions in that order",
    },
  ],
  run: async (flags, io) => {
    const world = loadWorld({ robot: flags.robot, scene: "flat", seed: flags.seed });
    const motions = await readMotions(world.robot);
    const library = libraryOf(motions);
    const episodes = motionEpisodes({ ...flags, motions: library.names({ split: "train" }) });
    const controller = await readControllerFiles(flags.policy, {});
    const timestep = controlTimestep(flags.plant);
    const policy = await createController(world.robot, controller, timestep);
    using progress = io.progress("episodes", episodes.length);
    const setup = { worlds: [world], plant: flags.plant, controller, motions };
    const outcomes = await evaluate(setup, episodes, {
      workers: flags.workers,
      onProgress: (done) => progress.update(done),
      signal: io.signal,
    });
    if (io.signal.aborted) return; // a ranking of some motions would leave the others out of training
    const ranked = rankBySurvival(outcomes, (name) => library.info(name).hardness, timestep);
    const { robot, seed, repeats, amplitude, seconds, push, out } = flags;
    const ranking = { robot, policy: policy.name, seed, repeats, amplitude, seconds, push, motions: ranked };
    await writeAtomically(out, `${JSON.stringify(ranking, null, 1)}\n`);
    io.result({ file: out, ...ranking }, () =>
      [
        formatTable(
          ["motion", "mean steps up", "hardness"],
          ranked.map(({ name, meanEpisodeLength }) => [
            name,
            meanEpisodeLength.toFixed(1),
            library.info(name).hardness.toFixed(2),
          ]),
          io.style.bold,
        ),
        `ranking in ${out}`,
      ].join("\n"),
    );
  },
});
