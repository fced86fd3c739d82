import { defineCommand } from "../command.ts";
import { HalfFlags, trainHalf } from "../runs/train-half.ts";

/** `contrapposto train upper`. */
export const trainUpper = defineCommand({
  description: `Trains waist and arms to follow motions by PPO, on the frozen legs of --opponent. The legs are asked to walk faster and the
motions grow while the robot stays up. The run folder is as train lower's.`,
  flags: HalfFlags,
  examples: [
    { line: "train upper --opponent lower.onnx --minutes 20", about: "twenty minutes on these legs" },
    { line: "train upper --opponent lower-1.onnx --opponent lower-2.onnx", about: "on two kinds of legs" },
  ],
  run: (flags, io) => trainHalf("upper", flags, io),
});
