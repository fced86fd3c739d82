import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import {
  beginStage,
  currentStage,
  PipelineState,
  type PlannedStage,
  planPipeline,
  recordSession,
  type StageRecord,
  StopRule,
  startPipeline,
} from "../../policies/node.ts";
import { findRobot } from "../../sim/node.ts";
import type { CommandIo } from "../command-io.ts";
import { fileError, readJson, writeAtomically } from "../files.ts";
import { writeFlags } from "../flags.ts";
import { loadPolicyFile } from "../policy-files.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { formatTable } from "../table.ts";
import { refuseNewRunFlags } from "./resume-flags.ts";
import { claimRunPath, RunFolder } from "./run-folder.ts";
import {
  kindOf,
  newestPolicy,
  newStageConfig,
  type OpenStage,
  readStageConfig,
  refuseFreshLegs,
  resumeStage,
  StageFlags,
  startStage,
} from "./stage-run.ts";
import { trainStage } from "./train-stage.ts";

/** Flags of `train almi`. */
export const PipelineFlags = z.strictObject({
  ...StageFlags,
  rounds: z.int().positive().default(3).describe("trainings of the legs; between them the arms are trained"),
  opponents: z
    .enum(["last", "all"])
    .default("last")
    .describe("the other half's last policy, as in ALMI, or all of its policies so far"),
  steps: z
    .array(z.number().positive())
    .min(1)
    .default([30e6])
    .describe("environment steps of a stage at most: one number, or one for each stage"),
  minutes: z
    .array(z.number().positive())
    .default([])
    .describe("time for a stage at most, min: one number, or one for each stage"),
  beginWith: z.array(z.string()).default([]).meta({
    description: "runs that take the place of the first stages",
    placeholder: "folder",
  }),
  untilConverged: z.boolean().default(true).describe("end a stage as soon as the rule below holds"),
  stop: StopRule.prefault({}),
});
export type PipelineFlags = z.output<typeof PipelineFlags>;

const PipelineFile = z.strictObject({ version: z.literal(1), config: PipelineFlags, stages: PipelineState });

/**
 * A whole training as one folder: a run folder for each stage, and `pipeline.json`, which says how far it has come and
 * with what flags it was begun.
 */
class PipelineFolder {
  readonly path: string;
  readonly config: PipelineFlags;
  readonly plan: readonly PlannedStage[];
  stages: PipelineState;

  /** @param place names the folder once the flags have been found good */
  private constructor(place: () => string, config: PipelineFlags, stages?: PipelineState) {
    this.config = config;
    this.plan = planPipeline(config.rounds, config.opponents);
    this.stages = stages ?? startPipeline(this.plan);
    this.limitOf(this.plan[0].name); // a wrong count of limits is reported before any work
    this.path = place();
  }

  static create(config: PipelineFlags): PipelineFolder {
    return new PipelineFolder(() => claimRunPath(config.runs, "almi", config.robot), config);
  }

  static async open(path: string): Promise<PipelineFolder> {
    const file = join(path, "pipeline.json");
    if (!existsSync(file))
      throw new UsageError(
        `"${path}" holds no pipeline.`,
        "Name a folder below runs/almi/ that holds pipeline.json.",
      );
    const found = PipelineFile.safeParse(await readJson(file));
    if (found.success) return new PipelineFolder(() => path, found.data.config, found.data.stages);
    throw new UsageError(
      `"${file}" is no pipeline: ${z.prettifyError(found.error)}.`,
      "Correct it, or begin a new one with --begin-with.",
    );
  }

  /** Remembers a new state. */
  async save(stages: PipelineState): Promise<void> {
    this.stages = stages;
    const content = { version: 1, config: this.config, stages };
    await writeAtomically(join(this.path, "pipeline.json"), `${JSON.stringify(content, null, 2)}\n`);
  }

  folderOf(stage: string): string {
    return join(this.path, stage);
  }

  /** What a stage may take in all. */
  limitOf(stage: string): { steps: number; minutes: number | undefined } {
    const place = this.plan.findIndex(({ name }) => name === stage);
    const pick = (flag: string, values: readonly number[]) => {
      if (values.length <= 1) return values[0];
      if (values.length === this.plan.length) return values[place];
      throw new UsageError(
        `--${flag} has ${values.length} values for ${this.plan.length} stages.`,
        `Give one, or one for each of: ${this.plan.map(({ name }) => name).join(", ")}.`,
      );
    };
    return { steps: pick("steps", this.config.steps), minutes: pick("minutes", this.config.minutes) };
  }
}

/** What `train almi` does: all stages that are not done yet, one after the other. */
export async function trainPipeline(flags: PipelineFlags, io: CommandIo): Promise<void> {
  const { resume } = flags;
  if (resume !== undefined) refuseNewRunFlags(PipelineFlags, flags, PASSING);
  else refuseFreshLegs(flags.preset, flags.beginWith.length > 0);
  const pipeline = resume === undefined ? PipelineFolder.create(flags) : await PipelineFolder.open(resume);
  if (resume === undefined) await adopt(pipeline, flags.beginWith);
  await pipeline.save(pipeline.stages);
  io.note(`pipeline folder: ${pipeline.path}`);
  for (;;) {
    const next = currentStage(pipeline.stages);
    if (next === undefined || io.signal.aborted) break;
    await pipeline.save(beginStage(pipeline.stages, next.name));
    await runStage(pipeline, next, flags, io);
  }
  answer(pipeline, io);
}

async function runStage(
  pipeline: PipelineFolder,
  { name, minutes: spent }: StageRecord,
  flags: PipelineFlags,
  io: CommandIo,
): Promise<void> {
  const { config } = pipeline;
  const limit = pipeline.limitOf(name);
  await using stage = await openStage(pipeline, name, flags);
  const used = Math.max(spent, await minutesOf(stage.folder));
  const limits = {
    steps: limit.steps,
    minutes: limit.minutes === undefined ? undefined : Math.max(0, limit.minutes - used),
    stop: config.untilConverged ? config.stop : undefined,
  };
  const session = await trainStage(
    {
      ...stage,
      label: name,
      command: commandOf(config),
      saveEvery: flags.saveEvery,
      keepEvery: flags.keepEvery,
    },
    limits,
    io,
  );
  await pipeline.save(recordSession(pipeline.stages, name, session));
  const how = `${session.iterations} iterations, ${(session.steps / 1e6).toFixed(2)} million steps`;
  io.note(`${name}: ${session.end} after ${how}`);
}

/** Flags that change nothing about what is learnt; a pipeline takes them as it goes on. */
const PASSING = ["runs", "workers", "threads", "providers", "resume", "saveEvery", "keepEvery"];

/** The command that trains the same. */
function commandOf(config: PipelineFlags): string {
  const words = ["contrapposto train almi", `--robot ${config.robot}`, `--seed ${config.seed}`];
  return [...words, ...writeFlags(PipelineFlags, config, [...PASSING, "robot", "seed"])].join(" ");
}

/** Time that the iterations of a run took: what a session spent that was killed is written nowhere else. */
async function minutesOf(folder: RunFolder): Promise<number> {
  const iterations = await folder.metrics();
  return (
    iterations.reduce((sum, { collectSeconds, learnSeconds }) => sum + collectSeconds + learnSeconds, 0) / 60
  );
}

async function openStage(
  pipeline: PipelineFolder,
  name: string,
  { workers, threads, providers }: PipelineFlags,
): Promise<OpenStage> {
  const { plan, config } = pipeline;
  const means = { workers, threads, providers };
  const path = pipeline.folderOf(name);
  if (RunFolder.isAt(path)) return await resumeStage(path, means);
  const place = plan.findIndex((stage) => stage.name === name);
  const { half, opponents: rivals, init } = plan[place];
  const { robot } = findRobot(config.robot, ROBOT_PLACES);
  const opponents = await Promise.all(
    rivals.map((rival) => loadPolicyFile(newestPolicy(pipeline.folderOf(rival)), { robot: robot.name })),
  );
  const flags = {
    ...config,
    seed: config.seed + place,
    init: init === undefined ? undefined : pipeline.folderOf(init),
  };
  const stageConfig = await newStageConfig(half, robot, flags, opponents);
  return await startStage(() => path, stageConfig, opponents, {
    ...means,
    init: flags.init,
    command: commandOf(config),
  });
}

/** Copies finished runs into the places of the first stages. */
async function adopt(pipeline: PipelineFolder, runs: readonly string[]): Promise<void> {
  const { plan } = pipeline;
  if (runs.length >= plan.length)
    throw new UsageError(
      `--begin-with names ${runs.length} runs for ${plan.length} stages.`,
      "Leave one to train.",
    );
  for (const [i, run] of runs.entries()) {
    const { name, half } = plan[i];
    const folder = RunFolder.open(run);
    const config = await readStageConfig(folder);
    if (config.half !== half || config.robot !== pipeline.config.robot)
      throw new UsageError(
        `"${run}" trains the ${config.half} body of ${config.robot}.`,
        `${name} needs a run of the ${half} body of ${pipeline.config.robot}.`,
      );
    if (config.ppo.actor.kind !== pipeline.config.actor)
      throw new UsageError(
        `"${run}" trains ${kindOf(config)}; the stages after it could not begin from that.`,
        `Add --actor ${config.ppo.actor.kind}.`,
      );
    newestPolicy(run);
    const iterations = Number((await folder.metrics()).at(-1)?.iteration ?? 0);
    const steps = iterations * config.numEnvs * config.ppo.rolloutLength;
    await cp(run, pipeline.folderOf(name), { recursive: true }).catch(async (error) => {
      throw await fileError(error, pipeline.folderOf(name));
    });
    pipeline.stages = recordSession(pipeline.stages, name, { end: "adopted", iterations, steps, minutes: 0 });
  }
}

function answer({ path, stages }: PipelineFolder, io: CommandIo): void {
  const isComplete = currentStage(stages) === undefined;
  const policyOf = (name: string) => join(path, name, "policy.onnx");
  const rows = stages.map((stage) => ({
    ...stage,
    policy: stage.status === "done" ? policyOf(stage.name) : null,
  }));
  io.result({ run: path, isComplete, stages: rows }, () => {
    const table = formatTable(
      ["stage", "ended by", "iterations", "million steps", "min"],
      stages.map(({ name, status, end, iterations, steps, minutes }) => [
        name,
        end ?? status,
        iterations,
        (steps / 1e6).toFixed(2),
        minutes.toFixed(1),
      ]),
      io.style.bold,
    );
    const next = isComplete ? crossPlayLine(stages, policyOf) : `contrapposto train almi --resume ${path}`;
    return `${table}\n\n${isComplete ? "compare the rounds" : "go on"}: ${next}`;
  });
}

function crossPlayLine(stages: PipelineState, policyOf: (name: string) => string): string {
  const files = (half: string) =>
    stages.filter(({ name }) => name.startsWith(half)).map(({ name }) => policyOf(name));
  const uppers = [...files("upper"), "open-loop"];
  return `contrapposto eval cross-play --lowers ${files("lower").join(",")} --uppers ${uppers.join(",")}`;
}
