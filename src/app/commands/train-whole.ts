import { defineCommand } from "../command.ts";
import { HalfFlags, trainHalf } from "../runs/train-half.ts";

/** `contrapposto train whole`. */
export const trainWhole = defineCommand({
  description: `Trains one network for the whole body by PPO: it follows velocity commands and motions at once. The baseline against which
ALMI's two networks are compared; the curriculum and the run folder are as train lower's.`,
  flags: HalfFlags.omit({ opponent: true, opponentAction: true }),
  examples: [
    { line: "train whole --steps 60000000", about: "as many steps as the halves had" },
    { line: "train whole --resume runs/whole/20260101-120000_h1_2", about: "go on where a run was stopped" },
    {
      line: "eval locomotion --run runs/whole/20260101-120000_h1_2",
      about: "measure it as any other policy",
    },
  ],
  // Without an opponent it means nothing, so it stays what nobody asked for.
  run: (flags, io) => trainHalf("whole", { ...flags, opponent: [], opponentAction: "sample" }, io),
});
