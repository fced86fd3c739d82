import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { readVlaSpec, VlaTrainer, VlaTraining } from "../../vla/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { writeFlags } from "../flags.ts";
import { softwareVersions } from "../provenance.ts";
import { refuseNewRunFlags } from "../runs/resume-flags.ts";
import { claimRunPath, RunFolder } from "../runs/run-folder.ts";
import { readDemos } from "../vla-files.ts";

/** What decides a run's result; stored as its config. */
const RunConfig = z.strictObject({
  kind: z.literal("vla"),
  demos: z.array(z.string()).min(1),
  onlySuccesses: z.boolean(),
  seed: z.int().nonnegative(),
  training: VlaTraining,
});
type RunConfig = z.infer<typeof RunConfig>;

const Flags = z.strictObject({
  demos: z.array(z.string()).default(["demos"]).meta({
    description: "demonstration files, or folders of them",
    placeholder: "path",
  }),
  onlySuccesses: z.boolean().default(false).describe("leave failed demonstrations out"),
  seed: z.int().nonnegative().default(1).describe("seed of all randomness"),
  ...VlaTraining.shape,
  minutes: z.number().positive().optional().describe("stop after this time, min; --resume goes on"),
  threads: z.int().positive().default(2).describe("processor threads"),
  runs: z.string().default("runs").meta({ description: "folder of all runs", placeholder: "folder" }),
  resume: z.string().optional().meta({ description: "go on with this run", placeholder: "folder" }),
  providers: z.array(z.string()).default([]).describe("execution providers, such as cuda"),
  reportEvery: z.int().positive().default(25).describe("gradient steps between two lines of metrics"),
  saveEvery: z.number().positive().default(60).describe("time between checkpoints, s"),
});
type Flags = z.output<typeof Flags>;

/** `contrapposto train vla`. */
export const trainVla = defineCommand({
  description: `Trains the small vision-language-action model on demonstrations: glances at the cameras, the words of the instruction
and the body's state go through one transformer, and an action expert turns noise into chunks of actions. The run folder gets
checkpoints, metrics, TensorBoard events, curves and the model as two graphs, prefix.onnx and step.onnx. Ctrl-C saves and
ends; --resume goes on exactly where it stopped.`,
  flags: Flags,
  examples: [
    { line: "train vla --demos demos", about: "on all demonstrations of a folder" },
    { line: "train vla --resume runs/vla/20260101-120000_h1_2", about: "go on where a run was stopped" },
    { line: "train vla --demos demos --head diffusion --steps 4000", about: "another head, fewer steps" },
  ],
  run: async (flags, io) => {
    const { folder, config } = await openRun(flags);
    using opened = folder;
    io.note(`run folder: ${opened.path}`);
    const set = await readDemos(config.demos, config.onlySuccesses);
    using trainer = await VlaTrainer.create({
      name: `vla ${set.robot}`,
      set,
      config: config.training,
      seed: config.seed,
      now: () => performance.now(),
      checkpoint: flags.resume === undefined ? undefined : opened.latestCheckpoint(),
      session: { threads: flags.threads, providers: flags.providers },
    });
    io.note(
      `${trainer.parameterCount} parameters; ${trainer.frames.training} frames to train on, ${trainer.frames.validation} kept aside`,
    );
    if (trainer.notice !== undefined) io.note(trainer.notice);
    if (flags.resume !== undefined) await opened.rewind(trainer.step);
    const outcome = await train(trainer, opened, config, flags, io);
    io.result(
      { run: opened.path, parameters: trainer.parameterCount, ...outcome },
      ({ end, step, validation, minutes, framesPerSecond }) =>
        `${step} steps (${end}) in ${minutes.toFixed(1)} min, ${framesPerSecond.toFixed(0)} frames/s; validation loss ${validation.toFixed(4)}; model in ${opened.path}`,
    );
  },
});

async function openRun(flags: Flags): Promise<{ folder: RunFolder; config: RunConfig }> {
  if (flags.resume !== undefined) {
    refuseNewRunFlags(Flags, flags, PASSING);
    const folder = RunFolder.open(flags.resume);
    const config = RunConfig.safeParse(await folder.config());
    if (config.success) return { folder, config: config.data };
    throw new UsageError(
      `"${flags.resume}" holds another kind of run.`,
      "Resume it with the command that began it.",
    );
  }
  const { demos, onlySuccesses, seed } = flags;
  const training = VlaTraining.parse(
    Object.fromEntries(Object.keys(VlaTraining.shape).map((key) => [key, flags[key as keyof Flags]])),
  );
  const config: RunConfig = { kind: "vla", demos, onlySuccesses, seed, training };
  await readDemos(demos, onlySuccesses); // a folder is made only for a run that can begin
  const folder = await RunFolder.create(claimRunPath(flags.runs, "vla", training.head), config, {
    command: commandOf(flags),
    ...(await softwareVersions()),
  });
  return { folder, config };
}

/** Flags that change nothing about what is learnt; a run takes them as it goes on. */
const PASSING = ["runs", "resume", "threads", "providers", "saveEvery", "reportEvery", "minutes"];

function commandOf(flags: Flags): string {
  return ["contrapposto train vla", ...writeFlags(Flags, flags, PASSING)].join(" ");
}

async function train(trainer: VlaTrainer, folder: RunFolder, config: RunConfig, flags: Flags, io: CommandIo) {
  const begun = performance.now();
  const minutes = () => (performance.now() - begun) / 60_000;
  const { steps } = config.training;
  const from = trainer.step;
  let [savedAt, savedStep, validation] = [begun, -1, Number.NaN];
  let end: "steps" | "minutes" | "interrupted" = "steps";
  const save = async () => {
    validation = await trainer.validate();
    await folder.log(trainer.step, { validationLoss: validation });
    await folder.saveCheckpoint(trainer.step, trainer.checkpoint());
    const { commit } = await softwareVersions();
    const command = (await folder.command()) ?? commandOf({ ...flags, ...config });
    const files = trainer.export({ command, commit, steps: trainer.step, validationLoss: validation });
    await folder.keep("prefix.onnx", files.prefix);
    await folder.keep("step.onnx", files.step);
    await folder.keep(
      "manifest-vla.json",
      new TextEncoder().encode(`${JSON.stringify(readVlaSpec(files.prefix), null, 1)}\n`),
    );
    await folder.drawCurves(`train vla, seed ${config.seed}`, CURVES, "thousand steps");
    [savedAt, savedStep] = [performance.now(), trainer.step];
  };
  using progress = io.progress("vla", steps - from);
  while (!trainer.isDone) {
    if (io.signal.aborted) end = "interrupted";
    else if (minutes() >= (flags.minutes ?? Number.POSITIVE_INFINITY)) end = "minutes";
    if (end !== "steps") break;
    const report = await trainer.train(flags.reportEvery);
    await folder.log(report.step, { ...report });
    progress.update(report.step - from, {
      details: `loss ${report.loss.toFixed(4)}  validation ${Number.isNaN(validation) ? "-" : validation.toFixed(4)}`,
    });
    if (performance.now() - savedAt > 1000 * flags.saveEvery) await save();
  }
  if (trainer.step !== savedStep) await save();
  const seconds = (performance.now() - begun) / 1000;
  return {
    end,
    step: trainer.step,
    validation,
    minutes: minutes(),
    framesPerSecond: ((trainer.step - from) * config.training.batchSize) / seconds,
  };
}

const CURVES = [
  "loss",
  "validationLoss",
  "landmarkLoss",
  "gradientNorm",
  "learningRate",
  "framesPerSecond",
  "skipped",
];
