import { join } from "node:path";
import { z } from "zod";
import { Engine, generateMotions } from "../../sim/index.ts";
import { readModel } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { shippedPath } from "../package-root.ts";

/** `contrapposto motion make`. */
export const motionMake = defineCommand({
  description: `Generates every motion for every shipped robot from its readable description, within joint, speed and
self-collision limits. The same seed makes the same bytes; the shipped ones have seed 1.`,
  flags: z.strictObject({
    out: z
      .string()
      .default("motions")
      .meta({ description: "folder to write the manifest and one file a robot into", placeholder: "folder" }),
    seed: z.int().nonnegative().default(1).describe("seed of the random motions"),
  }),
  examples: [
    { line: "motion make --out assets/motions", about: "in a checkout: makes the shipped motions again" },
    { line: "motion make --seed 2", about: "the same gestures with other random sweeps" },
  ],
  run: async ({ out, seed }, io) => {
    const engine = await Engine.load();
    io.note("generating motions for every robot");
    const command = `contrapposto motion make --seed ${seed}`;
    const made = generateMotions(
      engine,
      (robot) => readModel(shippedPath("assets", robot.model)),
      seed,
      command,
    );
    const files = [...made].map(([name, text]) => ({ file: join(out, name), bytes: text.length, text }));
    for (const { file, text } of files) await writeAtomically(file, text);
    io.result({ seed, files: files.map(({ file, bytes }) => ({ file, bytes })) }, (result) =>
      result.files.map(({ file, bytes }) => `${file}  ${Math.round(bytes / 1024)} kB`).join("\n"),
    );
  },
});
