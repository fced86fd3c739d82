import { z } from "zod";
import { defineCommand } from "../command.ts";
import { readControllerFiles } from "../policy-files.ts";
import { writeSite } from "../site/write-site.ts";

/** `contrapposto export site`. */
export const exportSite = defineCommand({
  description: `Writes the viewer as a static site: simulation and policies run in the visitor's tab. Serve the folder with any web
server; browsers refuse to run it from a file.`,
  positionals: z.strictObject({ dir: z.string().describe("folder to write; made if it is missing") }),
  flags: z.strictObject({
    policy: z.array(z.string()).default([]).meta({
      description: "policy files to offer beside the shipped ones",
      placeholder: "file",
    }),
    preset: z.string().optional().describe("description of policy files that carry none; default: by size"),
  }),
  examples: [
    { line: "export site public", about: "robots, scenes and shipped policies" },
    { line: "export site public --policy walk.onnx", about: "with a policy of yours" },
  ],
  run: async ({ dir, policy, preset }, io) => {
    const offered = await readControllerFiles(policy, { preset });
    const written = await writeSite(dir, offered, (text) => io.note(text));
    io.result({ folder: dir, ...written }, ({ folder, files, bytes }) =>
      [
        `wrote the viewer and ${files} data files (${(bytes / 1e6).toFixed(1)} MB) to ${folder}`,
        `serve it, for instance: npx serve ${folder}`,
      ].join("\n"),
    );
  },
});
