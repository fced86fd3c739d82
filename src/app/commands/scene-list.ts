import { z } from "zod";
import { SCENES, type Scene } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { formatTable } from "../table.ts";

/** `contrapposto scene list`. */
export const sceneList = defineCommand({
  description:
    "Generated scenes take a level after a colon, such as stairs:3, and the side of their square, m, such as rough:3:64; they follow the seed of the run. Level ground lies around them.",
  flags: z.strictObject({}),
  examples: [{ line: "scene list", about: "names that --scene takes" }],
  run: async (_, io) => {
    io.result({ scenes: SCENES.map((scene) => ({ ...scene, source: sourceOf(scene) })) }, ({ scenes }) =>
      formatTable(
        ["scene", "source", "what"],
        scenes.map(({ name, source, description }) => [name, source, description]),
        io.style.bold,
      ),
    );
  },
});

const sourceOf = (scene: Scene): "file" | "generated" => ("file" in scene ? "file" : "generated");
