import { join } from "node:path";
import { hashText } from "../../common/index.ts";
import type { Provenance } from "../../policies/index.ts";
import type { IterationReport, StageTrainer, StopRule } from "../../policies/node.ts";
import { PlantDump } from "../../sim/index.ts";
import { WorkerFailedError } from "../../sim/node.ts";
import type { CommandIo } from "../command-io.ts";
import { writeDivergence } from "../divergence.ts";
import { softwareVersions } from "../provenance.ts";
import type { RunFolder } from "./run-folder.ts";

/** When a stage ends at the latest. */
export interface StageLimits {
  /** Environment steps in all, those of earlier sessions included. */
  readonly steps: number;
  /** Time left for it, min. */
  readonly minutes?: number | undefined;
  /** Ends it as soon as it has learnt what it can. */
  readonly stop?: StopRule | undefined;
}

/** Why a stage ended. */
export type StageEnd = "converged" | "steps" | "minutes" | "interrupted";

export interface StageOutcome {
  readonly end: StageEnd;
  readonly iterations: number;
  readonly steps: number;
  /** Time that it took in this session, min. */
  readonly minutes: number;
  /** Of the last iteration; undefined where none was left to do. */
  readonly report: IterationReport | undefined;
}

export interface StageRun {
  readonly trainer: StageTrainer;
  readonly folder: RunFolder;
  /** Such as "lower-2": names the progress line and the policy. */
  readonly label: string;
  /** The command line that trains it again. */
  readonly command: string;
  /** Time between checkpoints, s. */
  readonly saveEvery: number;
  /** Environment steps, in millions, between policies that are kept for good; undefined keeps none. */
  readonly keepEvery?: number | undefined;
  /** Hears of each iteration. */
  readonly onIteration?: ((iteration: number) => void) | undefined;
}

/** Trains a stage until it has converged, reached a limit or been interrupted; its folder then holds all of it. */
export async function trainStage(run: StageRun, limits: StageLimits, io: CommandIo): Promise<StageOutcome> {
  const { trainer, folder, label } = run;
  const started = performance.now();
  const stepsBefore = trainer.steps;
  const provenance = await describeRun(run);
  if (trainer.notice !== undefined) io.note(trainer.notice);
  const minutes = () => (performance.now() - started) / 60_000;
  let [savedAt, savedIteration] = [started, trainer.iteration];
  let report: IterationReport | undefined;
  const save = async () => {
    if (report === undefined || trainer.iteration === savedIteration) return;
    [savedAt, savedIteration] = [performance.now(), trainer.iteration];
    await saveStage(run, report, provenance(report));
  };
  const endNow = (): StageEnd | undefined => {
    if (io.signal.aborted) return "interrupted";
    if (limits.stop !== undefined && trainer.hasConverged(limits.stop)) return "converged";
    if (trainer.steps >= limits.steps) return "steps";
    return minutes() >= (limits.minutes ?? Number.POSITIVE_INFINITY) ? "minutes" : undefined;
  };
  let end = endNow() ?? (await prepare(trainer, io));
  using progress = io.progress(label, limits.steps - stepsBefore);
  while (end === undefined) {
    report = await iterate(run);
    run.onIteration?.(report.iteration);
    await folder.log(report.steps, flatReport(report, trainer.stepsEach));
    if (isToKeep(report.steps, trainer.stepsEach, run.keepEvery))
      await folder.keepPolicy(report.steps, policyOf(run, provenance(report)));
    const total = expectedSteps(limits, stepsBefore, report.steps, minutes());
    progress.update(report.steps - stepsBefore, { details: progressDetails(report), total });
    end = endNow();
    if (end !== undefined || performance.now() - savedAt > 1000 * run.saveEvery) await save();
  }
  return { end, iterations: trainer.iteration, steps: trainer.steps, minutes: minutes(), report };
}

/** What comes before learning by reward, as a piece of work of its own; where it is interrupted it begins anew at a resume. */
async function prepare(trainer: StageTrainer, io: CommandIo): Promise<StageEnd | undefined> {
  const { preparation } = trainer;
  if (preparation === undefined) return undefined;
  io.note(`First ${preparation.what}: ${preparation.rounds} rounds.`);
  using progress = io.progress("rounds", preparation.rounds);
  const isDone = await trainer.prepare({ onRound: (done) => progress.update(done), signal: io.signal });
  return isDone ? undefined : "interrupted";
}

/** One iteration; where the physics broke, what led there is kept beside the checkpoints. */
async function iterate({ trainer, folder }: StageRun): Promise<IterationReport> {
  try {
    return await trainer.iterate();
  } catch (error) {
    if (!(error instanceof WorkerFailedError) || error.dump === undefined) throw error;
    const file = join(folder.path, "diverged.json");
    const { robot, seed, terrain, task } = trainer.config;
    const world = { robot, scene: terrain === undefined ? "flat" : "training terrain", seed };
    await writeDivergence(file, { ...world, plant: task.plant }, { dump: PlantDump.parse(error.dump) });
    const what = error.problem.replace(/^A simulation worker stopped: /, "");
    // `replay` can build no training terrain.
    const again =
      terrain === undefined
        ? `"contrapposto replay ${file}" runs the last step again.`
        : `What led there is in ${file}.`;
    throw new WorkerFailedError(`${what} ${again}`, error.dump, { cause: error });
  }
}

/** Whether an iteration passed a multiple of `every` million steps; the first of a run counts. */
function isToKeep(steps: number, stepsEach: number, every: number | undefined): boolean {
  if (every === undefined) return false;
  return (
    steps === stepsEach || Math.floor(steps / (1e6 * every)) > Math.floor((steps - stepsEach) / (1e6 * every))
  );
}

const policyOf = ({ trainer, label }: StageRun, provenance: Provenance): Uint8Array =>
  trainer.policyFile(`${label} ${trainer.config.robot}`, provenance);

async function saveStage(run: StageRun, report: IterationReport, provenance: Provenance): Promise<void> {
  const { trainer, folder, label } = run;
  const { robot, seed } = trainer.config;
  await folder.savePolicy(policyOf(run, provenance));
  await folder.drawCurves(`${label}, ${robot}, seed ${seed}`, CURVES);
  // Last: a stage that is stopped in between goes on from before, and cannot end without its policy.
  await folder.saveCheckpoint(report.iteration, trainer.checkpoint());
}

async function describeRun({ trainer, command }: StageRun) {
  const { commit } = await softwareVersions();
  const configHash = hashText(JSON.stringify(trainer.config));
  return ({ steps, meanReward, meanLength }: IterationReport): Provenance => ({
    command,
    configHash,
    commit,
    seed: trainer.config.seed,
    steps,
    metrics: { meanReward, ...(Number.isFinite(meanLength) ? { meanLength } : {}) }, // no episode may have ended
  });
}

/** How many steps this session will do, judged by its speed so far where time is the tighter limit. */
function expectedSteps(limits: StageLimits, before: number, now: number, minutes: number): number {
  const left = limits.steps - before;
  if (limits.minutes === undefined || minutes <= 0) return left;
  return Math.min(left, Math.round(((now - before) * limits.minutes) / minutes));
}

const CURVES = [
  "meanReward",
  "meanLength",
  "meanReturn",
  "term.track_lin_vel",
  "term.track_ang_vel",
  "term.track_reference",
  "deviation",
  "curriculum.survived",
  "curriculum.shaping",
  "curriculum.amplitude",
  "curriculum.commandSpeed",
  "terrainLevel",
  "stepsPerSecond",
];

/** All numbers of a report under one level of names. */
function flatReport(report: IterationReport, stepsEach: number): Record<string, number> {
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

/** What the progress line says besides steps, rate and time left. */
function progressDetails({ meanLength, meanReward, deviation, curriculum }: IterationReport): string {
  const { amplitude, seen: _, ...others } = curriculum;
  const stand = Object.entries(others).map(([name, value]) => `${name} ${Number(value).toFixed(2)}`);
  const length = Number.isFinite(meanLength) ? meanLength.toFixed(0) : "-";
  return [
    `reward ${meanReward.toFixed(4)}`,
    `length ${length}`,
    `amplitude ${amplitude.toFixed(2)}`,
    `noise ${deviation.toFixed(2)}`,
    ...stand,
  ].join("  ");
}
