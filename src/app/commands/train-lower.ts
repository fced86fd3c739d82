import { defineCommand } from "../command.ts";
import { HalfFlags, trainHalf } from "../runs/train-half.ts";

/** `contrapposto train lower`. */
export const trainLower = defineCommand({
  description: `Trains the legs to follow velocity commands by PPO. Without an opponent the arms follow motions open loop; with one,
frozen networks move waist and arms. Checkpoints, metrics, TensorBoard events, the newest policy and its curves go to a run
folder; Ctrl-C saves and ends, and --resume goes on.`,
  flags: HalfFlags,
  examples: [
    { line: "train lower --minutes 60", about: "an hour of training" },
    { line: "train lower --resume runs/lower/20260101-120000_h1_2", about: "go on where a run was stopped" },
    {
      line: "train lower --opponent upper.onnx --init runs/lower/20260101-120000_h1_2",
      about: "the next round: against a learned upper body",
    },
    {
      line: "play --headless --policy runs/lower/20260101-120000_h1_2/policy.onnx",
      about: "watch the newest policy",
    },
  ],
  run: (flags, io) => trainHalf("lower", flags, io),
});
