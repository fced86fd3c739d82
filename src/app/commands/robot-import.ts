import { basename, extname, resolve } from "node:path";
import { z } from "zod";
import { Engine } from "../../sim/index.ts";
import { importRobot } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { ROBOT_PLACES } from "../robot-places.ts";

/** `contrapposto robot import`. */
export const robotImport = defineCommand({
  description: `Copies the model with its meshes to ~/.contrapposto/robots (or below CONTRAPPOSTO_HOME), frees its base, adds motors
where it has none, and finds joints, feet, knees and limits. What the model does not say is guessed and listed; it is
all in robot.json, for you to correct.`,
  positionals: z.strictObject({
    path: z.string().describe("an MJCF or URDF file, or a folder that holds one"),
  }),
  flags: z.strictObject({
    name: z
      .string()
      .optional()
      .describe("what to call the robot: small letters, digits, _ and - (default: as the file)"),
    replace: z.boolean().default(false).describe("replace a robot of that name"),
  }),
  examples: [
    { line: "robot import path/to/biped.urdf", about: "then: contrapposto play --robot biped" },
    { line: "robot import path/to/folder --name my_robot --replace", about: "import it again under a name" },
  ],
  run: async ({ path, name, replace }, io) => {
    const engine = await Engine.load();
    const options = { name: name ?? nameFrom(path), robotsFolder: ROBOT_PLACES.userRobots, replace };
    io.result(importRobot(engine, path, options), ({ robot, folder, guesses }) =>
      [
        `"${robot.name}" is in ${folder}: ${robot.joints.length} joints, stands ${robot.standingHeight.toFixed(3)} m high.`,
        ...(guesses.length === 0 ? [] : ["Guessed, since the model does not say:"]),
        ...guesses.map((guess) => `  ${guess}`),
      ].join("\n"),
    );
  },
});

function nameFrom(path: string): string {
  return basename(resolve(path), extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_");
}
