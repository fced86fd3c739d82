import { Engine, type EpisodeRequest } from "../../sim/index.ts";
import { type EnvironmentSetup, openEnvironment } from "../episodes/open-environment.ts";
import { type Scorers, selectorNamed } from "../selection/selectors.ts";
import type { VlaFiles } from "../small/export.ts";
import { SmallVla } from "../small/small-vla.ts";
import { FeatureScorer } from "../taco/feature-scorer.ts";
import type { SceneOutcome } from "./report.ts";
import { type ArmOutcome, runEpisode } from "./run-episode.ts";

/** A part of an evaluation, as data that crosses to a worker. */
export interface EvaluationWork {
  readonly setup: EnvironmentSetup;
  readonly jobs: readonly EpisodeRequest[];
  readonly model: VlaFiles;
  /** Further models, for the ensemble. */
  readonly others: readonly VlaFiles[];
  readonly scorers: Partial<Readonly<Record<keyof Scorers, Uint8Array>>>;
  readonly selectors: readonly string[];
  readonly candidates: number;
  readonly executeHorizon: number;
  readonly noise: "fresh" | "fixed";
}

/** Runs every scene under every selector, one after the other, on an engine of its own. */
export async function* evaluateScenes(work: EvaluationWork, now: () => number): AsyncGenerator<SceneOutcome> {
  const engine = await Engine.load();
  using environment = await openEnvironment(engine, { ...work.setup });
  using model = await SmallVla.load(work.model);
  const others = await Promise.all(work.others.map((files) => SmallVla.load(files)));
  const scorers = Object.fromEntries(
    await Promise.all(
      Object.entries(work.scorers).map(async ([name, bytes]) => [name, await FeatureScorer.load(bytes)]),
    ),
  ) as Scorers;
  const { executeHorizon, noise } = work;
  for (const request of work.jobs) {
    const arms: Record<string, ArmOutcome> = {};
    for (const name of work.selectors) {
      const arm = {
        name,
        selector: selectorNamed(name, scorers),
        candidates: name === "single" ? 1 : work.candidates,
      };
      arms[name] = await runEpisode(environment, model, arm, request, {
        executeHorizon,
        noise,
        now,
        ...(name === "ensemble" ? { others } : {}),
      });
    }
    yield { task: work.setup.task, seed: request.seed, arms };
  }
  for (const part of [...others, ...Object.values(scorers)]) part?.[Symbol.dispose]();
}

/** Requests for so many scenes of a split, seeds in a row. */
export function evaluationJobs(
  split: EpisodeRequest["split"],
  seeds: { readonly from: number; readonly count: number },
  shifts: EpisodeRequest["shifts"] = [],
): EpisodeRequest[] {
  return Array.from({ length: seeds.count }, (_, i) => ({ split, seed: seeds.from + i, shifts }));
}
