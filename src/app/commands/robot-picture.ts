import { z } from "zod";
import { compileWorld, Engine, PlantConfig, portrait, renderStill } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { loadWorld } from "../worlds.ts";

/** `contrapposto robot picture`. */
export const robotPicture = defineCommand({
  description: `Renders the robot in its default pose with the ray-cast camera; no GPU and no browser take part. Studio quality takes about a
minute: soft shadows, ambient occlusion, 48 samples a pixel.`,
  positionals: z.strictObject({ robot: z.string().describe("robot; see robot list") }),
  flags: z.strictObject({
    out: z.string().default("robot.png").meta({ description: "PNG file to write", placeholder: "file" }),
    scene: z.string().default("flat").describe("scene; see scene list"),
    camera: z.string().optional().describe("a camera of robot or scene by name; default: a portrait"),
    size: z
      .tuple([z.int().positive(), z.int().positive()])
      .default([960, 720])
      .describe("width and height, pixels"),
    quality: z
      .enum(["draft", "studio"])
      .default("studio")
      .describe("draft takes seconds, studio about a minute"),
    seed: z.int().nonnegative().default(0).describe("seed of generated ground"),
  }),
  examples: [
    { line: "robot picture h1_2 --out h1_2.png", about: "a still for a page" },
    { line: "robot picture h1 --quality draft --scene tabletop --camera overview", about: "a quick look" },
  ],
  run: async ({ robot: name, out, scene, camera, size, quality, seed }, io) => {
    const world = loadWorld({ robot: name, scene, seed });
    const engine = await Engine.load();
    const compiled = compileWorld(engine, world, PlantConfig.parse({}));
    using model = compiled.model;
    using simulation = engine.simulate(model);
    if (model.find("key", "default") !== undefined) simulation.reset("default");
    simulation.forward();
    using progress = io.progress("rendering", 100);
    const png = renderStill(simulation, {
      ...(camera === undefined ? portrait(simulation, world.robot.baseBody) : { camera }),
      width: size[0],
      height: size[1],
      quality,
      onProgress: (share) => progress.update(Math.round(100 * share)),
    });
    await writeAtomically(out, png);
    io.result(
      { robot: world.robot.name, scene, file: out, bytes: png.length, width: size[0], height: size[1] },
      ({ file }) => `picture in ${file}`,
    );
  },
});
