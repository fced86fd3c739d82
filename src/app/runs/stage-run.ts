import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { decodeTensorFile, type TensorFile } from "../../learn/index.ts";
import {
  type PolicyFile,
  readPolicyFile,
  type SwingPose,
  swingPoseOf,
  writePolicyFile,
} from "../../policies/index.ts";
import {
  type Half,
  StageConfig,
  StageTrainer,
  stageConfig,
  type TrainingPreset,
} from "../../policies/node.ts";
import { type RobotSpec, TrainingTerrain } from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { readBytes, readJson } from "../files.ts";
import { readMotions } from "../motions.ts";
import { loadPolicyFile } from "../policy-files.ts";
import { softwareVersions } from "../provenance.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { loadWorld } from "../worlds.ts";
import { RunFolder } from "./run-folder.ts";

/** Flags that decide how a stage is trained; the same for one stage alone and for the whole pipeline. */
export const StageFlags = {
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  preset: z
    .enum(["almi", "shaped", "fine"])
    .default("shaped")
    .describe(
      "almi: the paper's rewards; shaped: with help for beginners that fades out; fine: the same without a harness, in episodes easy and hard, for legs that walk already",
    ),
  seed: z.int().nonnegative().default(1).describe("seed of all randomness"),
  numEnvs: z.int().positive().default(256).describe("environments"),
  workers: z.int().positive().default(2).describe("simulation threads; the result does not depend on it"),
  threads: z
    .int()
    .positive()
    .default(2)
    .describe("threads that learn; what is learnt may depend on it in rounding"),
  actor: z.enum(["lstm", "mlp"]).default("lstm").describe("the network that acts"),
  kl: z
    .number()
    .positive()
    .optional()
    .describe(
      "policy change that each gradient step aims at; default: 0.01, or with the preset fine a fixed learning rate",
    ),
  opponentAction: z
    .enum(["sample", "mean"])
    .default("sample")
    .describe("opponents act with the noise of their training, as in ALMI, or by their mean"),
  terrain: z.boolean().default(false).describe("rough ground that each environment climbs, as in ALMI"),
  motionRanking: z.string().optional().meta({
    description: "motions by survival, as motion sort writes them; default: by hardness",
    placeholder: "file",
  }),
  calmMotions: z.array(z.string()).min(1).optional().meta({
    description:
      "with the preset fine: clips of the episodes in which nothing disturbs and legs are asked to stand, such as those that they walked off under in eval locomotion --levels stand; default: all",
    placeholder: "name,...",
  }),
  runs: z.string().default("runs").meta({ description: "folder of all runs", placeholder: "folder" }),
  resume: z.string().optional().meta({ description: "go on with this run", placeholder: "folder" }),
  providers: z
    .array(z.string())
    .default([])
    .describe(
      "execution providers to learn with, in order of preference, such as cuda; default: the processor",
    ),
  saveEvery: z.number().positive().default(60).describe("time between checkpoints, s"),
  keepEvery: z
    .number()
    .positive()
    .optional()
    .describe("keep the policy of every so many million steps too; eval learning draws them"),
};
const StageFlagsSchema = z.strictObject(StageFlags);
export type StageFlags = z.output<typeof StageFlagsSchema>;

/** Throws `UsageError` where fresh legs shall be trained by the preset for legs that walk: it would let them fall. */
export function refuseFreshLegs(preset: TrainingPreset, haveBeginning: boolean): void {
  if (preset !== "fine" || haveBeginning) return;
  throw new UsageError(
    "The preset fine is for legs that walk already.",
    "Name them with --init (train almi: --begin-with), or take the preset shaped.",
  );
}

/** The config of a new stage, from flags, and what it begins with if any. */
export async function newStageConfig(
  half: Half,
  robot: RobotSpec,
  flags: StageFlags & { readonly init?: string | undefined },
  opponents: readonly PolicyFile[],
): Promise<StageConfig> {
  return stageConfig(half, robot, {
    ...flags,
    opponents,
    swingPose: flags.init === undefined ? undefined : await swingPoseAt(flags.init, robot),
    terrain: flags.terrain ? TrainingTerrain.parse({ seed: flags.seed }) : undefined,
    motionRanking: flags.motionRanking === undefined ? undefined : await readRanking(flags.motionRanking),
  });
}

/** What a stage is trained with; the result does not depend on it, but for rounding by the providers. */
export interface Means {
  /** Simulation threads. */
  readonly workers: number;
  /** Threads that learn. */
  readonly threads: number;
  readonly providers?: readonly string[];
}

interface Beginning {
  readonly init?: string | undefined;
  readonly deviation?: number | undefined;
  readonly gains?: Readonly<Record<string, number>>;
  /** The command line that trains the same. */
  readonly command: string;
}

/** A stage that is being trained: its trainer and the folder that keeps it. */
export interface OpenStage extends AsyncDisposable {
  readonly trainer: StageTrainer;
  readonly folder: RunFolder;
}

/**
 * Starts a run in a new folder, which keeps the opponents that it needs to go on. Nothing is written before everything
 * is built.
 *
 * @param place names the folder once everything is built
 * @param init a run folder, a checkpoint or a policy file of the same half to begin with
 * @param deviation standard deviation of the actions at first, in place of that
 * @param gains how much more it responds to what it observes
 */
export async function startStage(
  place: () => string,
  config: StageConfig,
  opponents: readonly PolicyFile[],
  { init, deviation, gains, command, ...means }: Means & Beginning,
): Promise<OpenStage> {
  const trainer = await createTrainer(config, opponents, means);
  return await orDispose(trainer, async () => {
    if (init !== undefined) await beginFrom(trainer, init, trainer.robot);
    if (deviation !== undefined) trainer.explore(deviation);
    if (gains !== undefined) trainer.respond(gains);
    const folder = await RunFolder.create(
      place(),
      config,
      { command, ...(await softwareVersions()) },
      async (begun) => {
        for (const [i, { file }] of config.opponents.entries())
          await begun.keep(file, writePolicyFile(opponents[i].model, opponents[i].spec));
        // Whatever it begins with must not be lost if it is stopped before its first save.
        await begun.saveCheckpoint(0, trainer.checkpoint());
      },
    );
    return openStage(trainer, folder);
  });
}

/** Goes on with a run from its newest checkpoint. Throws `UsageError` where the folder holds no stage. */
export async function resumeStage(path: string, means: Means): Promise<OpenStage> {
  const folder = RunFolder.open(path);
  const config = await readStageConfig(folder);
  const { robot } = findRobot(config.robot, ROBOT_PLACES);
  const opponents: PolicyFile[] = [];
  for (const { file } of config.opponents)
    opponents.push(readPolicyFile(await folder.kept(file), { robots: [robot] }));
  const trainer = await createTrainer(config, opponents, means, folder.latestCheckpoint());
  return await orDispose(trainer, async () => {
    await folder.rewind(trainer.steps);
    return openStage(trainer, folder);
  });
}

/** The config of a run. Throws `UsageError` where it is not one of a stage. */
export async function readStageConfig(folder: RunFolder): Promise<StageConfig> {
  const config = StageConfig.safeParse(await folder.config());
  if (config.success) return config.data;
  throw new UsageError(
    `"${folder.path}" holds another kind of run.`,
    "Resume it with the command that began it.",
  );
}

async function createTrainer(
  config: StageConfig,
  opponents: readonly PolicyFile[],
  { workers, threads, providers = [] }: Means,
  checkpoint?: TensorFile,
): Promise<StageTrainer> {
  const world = loadWorld({ robot: config.robot, scene: "flat", seed: config.seed });
  const motions = await readMotions(world.robot);
  const now = () => performance.now();
  const session = { threads, providers };
  return await StageTrainer.create({ config, world, motions, opponents, workers, now, checkpoint, session });
}

function openStage(trainer: StageTrainer, folder: RunFolder): OpenStage {
  return {
    trainer,
    folder,
    [Symbol.asyncDispose]: async () => {
      folder[Symbol.dispose]();
      await trainer[Symbol.asyncDispose]();
    },
  };
}

/** What `make` makes; if it fails, the trainer's threads are ended, which would keep the process alive. */
async function orDispose<T>(trainer: StageTrainer, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    await trainer[Symbol.asyncDispose]();
    throw error;
  }
}

/** @param path a run folder, a checkpoint or a policy file */
async function beginFrom(trainer: StageTrainer, path: string, robot: RobotSpec): Promise<void> {
  if (RunFolder.isAt(path)) {
    requireSameKind(await readStageConfig(RunFolder.open(path)), trainer.config, path);
    const checkpoint = RunFolder.open(path).latestCheckpoint();
    if (checkpoint !== undefined) return trainer.beginFrom(checkpoint);
    throw new UsageError(`The run "${path}" has no checkpoint yet.`, "Begin from one that has.");
  }
  if (path.endsWith(".safetensors")) return trainer.beginFrom(decodeTensorFile(await readBytes(path)));
  trainer.beginFromPolicy(await loadPolicyFile(path, { robot: robot.name }));
}

/** The swing pose of a run, of the run that a checkpoint is of, or of a policy file; undefined where there is none. */
async function swingPoseAt(path: string, robot: RobotSpec): Promise<SwingPose | undefined> {
  const run = path.endsWith(".safetensors") ? dirname(dirname(path)) : path;
  if (RunFolder.isAt(run)) {
    const config = await readStageConfig(RunFolder.open(run));
    return "swingPose" in config ? config.swingPose : undefined;
  }
  if (run !== path) return undefined;
  const { graph, spec } = await loadPolicyFile(path, { robot: robot.name });
  return swingPoseOf(graph, spec);
}

/** Throws `UsageError` where a run trains another kind of network, whose weights could fit all the same. */
function requireSameKind(found: StageConfig, wanted: StageConfig, path: string): void {
  if (kindOf(found) === kindOf(wanted)) return;
  throw new UsageError(
    `"${path}" trains ${kindOf(found)}, not ${kindOf(wanted)}.`,
    "Begin from a run with the same robot, half, --actor and --preset.",
  );
}

/** What a run trains, in words. */
export function kindOf(config: StageConfig): string {
  const adds = "addsToOpenLoop" in config && config.addsToOpenLoop ? " that adds to open-loop control" : "";
  return `an ${config.ppo.actor.kind} for the ${config.half} body of ${config.robot}${adds}`;
}

const Ranking = z.object({ motions: z.array(z.object({ name: z.string() })).min(1) });

async function readRanking(path: string): Promise<string[]> {
  const ranking = Ranking.safeParse(await readJson(path));
  if (ranking.success) return ranking.data.motions.map(({ name }) => name);
  throw new UsageError(`"${path}" is no ranking of motions.`, "Make one with motion sort.");
}

/** The path of the newest policy in a run folder. Throws `UsageError` where there is none yet. */
export function newestPolicy(folder: string): string {
  const path = join(folder, "policy.onnx");
  if (existsSync(path)) return path;
  throw new UsageError(`"${folder}" holds no policy yet.`, "Name a run that has saved once.");
}
