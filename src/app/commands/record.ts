import { z } from "zod";
import { defineCommand } from "../command.ts";
import { playHeadless } from "../play-headless.ts";
import { RunFlags } from "../run-flags.ts";

/** `contrapposto record FILE`: play, with the recording as its point. */
export const record = defineCommand({
  description: `Plays as "play" does and keeps every input, so that "replay" repeats it bit for bit. The file is MCAP and opens in Foxglove
and Lichtblick with the robot, joints and velocities.`,
  positionals: z.strictObject({ file: z.string().describe("MCAP file to write") }),
  flags: RunFlags.omit({ record: true }),
  examples: [
    { line: "record walk.mcap --policy walk.onnx --seconds 20", about: "twenty seconds of walking" },
    { line: "record shove.mcap --push 3,0.2,0", about: "a shove against the balancing robot" },
  ],
  run: ({ file, ...flags }, io) => playHeadless({ ...flags, record: file }, io),
});
