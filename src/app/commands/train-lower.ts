import { join } from "node:path";
import { z } from "zod";
import { hashText, UsageError } from "../../common/index.ts";
import { almiLowerTask, type Provenance, shapedLowerTask } from "../../policies/index.ts";
import { type IterationReport, LowerTrainConfig, LowerTrainer } from "../../policies/node.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { readMotions } from "../motions.ts";
import { softwareVersions } from "../provenance.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { loadWorld } from "../worlds.ts";

const CURVES = [
  "meanReward",
  "meanLength",
  "meanReturn",
  "term.track_lin_vel",
  "term.track_ang_vel",
  "deviation",
  "curriculum.shaping",
  "curriculum.amplitude",
  "stepsPerSecond",
];

const Flags = z.strictObject({
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  preset: z
    .enum(["almi", "shaped"])
    .default("shaped")
    .describe("almi: the paper's rewards; shaped: with help for beginners that fades out"),
  steps: z.number().positive().default(30e6).describe("environment steps in all"),
  minutes: z.number().positive().optional().describe("stop after this time, min"),
  seed: z.int().nonnegative().default(1).describe("seed of all randomness"),
  numEnvs: z.int().positive().default(1024).describe("environments"),
  workers: z.int().positive().default(2).describe("simulation threads"),
  actor: z.enum(["lstm", "mlp"]).default("lstm").describe("the network that acts"),
  runs: z.string().default("runs").meta({ description: "folder of all runs", placeholder: "folder" }),
  resume: z.string().optional().meta({ description: "go on with this run", placeholder: "folder" }),
  saveEvery: z.number().positive().default(60).describe("time between checkpoints, s"),
});

/** `contrapposto train lower`. */
export const trainLower = defineCommand({
  description: `Trains the legs to follow velocity commands by PPO. Checkpoints, metrics, TensorBoard events, the newest policy and its
curves go to a run folder; Ctrl-C saves and ends, and --resume goes on.`,
  flags: Flags,
  examples: [
    { line: "train lower --minutes 60", about: "an hour of training" },
    { line: "train lower --resume runs/lower/20260101-120000_h1_2", about: "go on where a run was stopped" },
    {
      line: "play --headless --policy runs/lower/20260101-120000_h1_2/policy.onnx",
      about: "watch the newest policy",
    },
  ],
  run: async (flags, io) => {
    const { config, folder, checkpoint } = await openRun(flags);
    using _folder = folder;
    const world = loadWorld({ robot: config.robot, scene: "flat", seed: config.seed });
    await using trainer = await LowerTrainer.create(
      config,
      world,
      await readMotions(world.robot),
      flags.workers,
    );
    if (checkpoint !== undefined) trainer.restore(checkpoint);
    io.note(`run folder: ${folder.path}`);
    const versions = await softwareVersions();
    const provenance = (report: IterationReport): Provenance => ({
      command: `contrapposto train lower --robot ${config.robot} --seed ${config.seed}`,
      configHash: hashText(JSON.stringify(config)),
      commit: versions.commit,
      seed: config.seed,
      steps: report.steps,
      metrics: { meanReward: report.meanReward, meanLength: report.meanLength || 0 },
    });
    const last = await trainUntilDone(trainer, folder, flags, io, provenance);
    io.result(
      {
        run: folder.path,
        iterations: trainer.iteration,
        steps: last?.steps ?? 0,
        meanLength: last?.meanLength ?? null,
      },
      ({ run, iterations, steps }) =>
        `${iterations} iterations, ${(steps / 1e6).toFixed(2)} million steps; policy in ${join(run, "policy.onnx")}`,
    );
  },
});

type TrainFlags = z.output<typeof Flags>;

async function openRun(flags: TrainFlags) {
  if (flags.resume !== undefined) {
    const folder = RunFolder.open(flags.resume);
    const config = LowerTrainConfig.safeParse(await folder.config());
    if (!config.success)
      throw new UsageError(
        `"${flags.resume}" holds another kind of run.`,
        "Resume it with the command that began it.",
      );
    return { config: config.data, folder, checkpoint: folder.latestCheckpoint() };
  }
  const { robot } = loadWorld({ robot: flags.robot, scene: "flat", seed: flags.seed });
  const config = LowerTrainConfig.parse({
    robot: flags.robot,
    seed: flags.seed,
    numEnvs: flags.numEnvs,
    task: flags.preset === "almi" ? almiLowerTask(robot) : shapedLowerTask(robot),
    ppo: {
      actor: {
        kind: flags.actor,
        hidden: flags.actor === "lstm" ? [64, 32] : [128, 64],
        initialDeviation: flags.preset === "almi" ? 0.8 : 1,
      },
      critic: { hidden: [128, 64] },
      symmetry: "augment",
      epochs: 4,
    },
  });
  const folder = await RunFolder.create(flags.runs, "lower", flags.robot, config, await softwareVersions());
  return { config, folder, checkpoint: undefined };
}

async function trainUntilDone(
  trainer: LowerTrainer,
  folder: RunFolder,
  flags: TrainFlags,
  io: CommandIo,
  provenance: (report: IterationReport) => Provenance,
) {
  const stepsEach = trainer.config.numEnvs * trainer.config.ppo.rolloutLength;
  const iterations = Math.ceil(flags.steps / stepsEach);
  const started = performance.now();
  let savedAt = started;
  let report: IterationReport | undefined;
  using progress = io.progress("training", iterations);
  const isOver = () =>
    io.signal.aborted || (performance.now() - started) / 60_000 > (flags.minutes ?? Number.POSITIVE_INFINITY);
  while (trainer.iteration < iterations && !isOver()) {
    report = await trainer.iterate();
    folder.log(report.steps, flat(report, stepsEach));
    progress.update(report.iteration);
    if (report.iteration % 20 === 0) io.note(line(report, stepsEach));
    if (performance.now() - savedAt > 1000 * flags.saveEvery) {
      savedAt = performance.now();
      await save(trainer, folder, report, provenance);
    }
  }
  if (report !== undefined) await save(trainer, folder, report, provenance);
  return report;
}

async function save(
  trainer: LowerTrainer,
  folder: RunFolder,
  report: IterationReport,
  provenance: (report: IterationReport) => Provenance,
): Promise<void> {
  await folder.saveCheckpoint(report.iteration, trainer.checkpoint());
  await folder.savePolicy(trainer.policyFile(`lower ${trainer.config.robot}`, provenance(report)));
  await folder.drawCurves(`${trainer.config.robot} lower body, seed ${trainer.config.seed}`, CURVES);
}

/** All numbers of a report under one level of names. */
function flat(report: IterationReport, stepsEach: number): Record<string, number> {
  const { curriculum, rewardTerms, ...numbers } = report;
  const prefixed = (prefix: string, values: object) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value as number]));
  return {
    ...(numbers as unknown as Record<string, number>),
    ...prefixed("curriculum", curriculum),
    ...prefixed("term", rewardTerms),
    stepsPerSecond: stepsEach / (report.collectSeconds + report.learnSeconds),
  };
}

function line(report: IterationReport, stepsEach: number): string {
  const { curriculum, collectSeconds, learnSeconds } = report;
  const rate = stepsEach / (collectSeconds + learnSeconds);
  return [
    `${report.iteration}`,
    `${(report.steps / 1e6).toFixed(2)}M steps`,
    `${Math.round(rate)}/s`,
    `length ${report.meanLength.toFixed(0)}`,
    `reward ${report.meanReward.toFixed(4)}`,
    `survived ${curriculum.survived.toFixed(2)}`,
    `shaping ${curriculum.shaping.toFixed(2)}`,
    `push ${curriculum.pushSpeed.toFixed(2)}`,
    `amplitude ${curriculum.amplitude.toFixed(2)}`,
    `deviation ${report.deviation.toFixed(2)}`,
  ].join("  ");
}
