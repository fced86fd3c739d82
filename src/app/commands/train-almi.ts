import { defineCommand } from "../command.ts";
import { PipelineFlags, trainPipeline } from "../runs/train-pipeline.ts";

/** `contrapposto train almi`. */
export const trainAlmi = defineCommand({
  description: `Trains lower-1, upper-1, lower-2, upper-2, lower-3, each against the frozen policy of the stage before and from the
networks of its own half. A stage ends when its reward no longer grows at full arm motions, or at its limit. Every stage has
a run folder in the pipeline's; Ctrl-C saves and ends, and --resume goes on with the flags that it was begun with.`,
  flags: PipelineFlags,
  examples: [
    {
      line: "train almi --minutes 60,15,20,15,20",
      about: "all five stages within two hours and ten minutes",
    },
    { line: "train almi --resume runs/almi/20260101-120000_h1_2", about: "go on where it was stopped" },
    {
      line: "train almi --begin-with runs/lower/20260101-120000_h1_2",
      about: "from legs that are trained already",
    },
  ],
  run: (flags, io) => trainPipeline(flags, io),
});
