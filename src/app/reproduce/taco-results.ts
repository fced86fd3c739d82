import { mean, Rng } from "../../common/index.ts";
import {
  bootstrapMean,
  comparePaired,
  holm,
  type Interval,
  type Pairing,
  reportVla,
  type SceneOutcome,
  type VlaReport,
} from "../../vla/index.ts";
import type { TacoOutcomes } from "./taco-plan.ts";
import type { TacoSize } from "./taco-size.ts";

/** One policy under one counter. */
export interface SeedResult {
  readonly policy: number;
  readonly counter: number;
  readonly single: number;
  readonly taco: number;
  readonly pairing: Pairing;
}

/** What `docs/results/taco.json` holds. */
export interface TacoResults {
  readonly size: TacoSize;
  readonly provenance: object;
  /** The first policy with the first counter, as `eval vla --json` reports it. */
  readonly headline: VlaReport;
  readonly seeds: readonly SeedResult[];
  /** Success of TACO minus success of a single sample, averaged over tasks and seeds; interval over scenes. */
  readonly gain: Interval;
  /** By task, pooled over seeds; `adjusted` is Holm's p over tasks, of the first policy and counter. */
  readonly gainByTask: Readonly<Record<string, Interval & { readonly p: number; readonly adjusted: number }>>;
  /** Whether decision 15's primary endpoint is met. */
  readonly isShown: boolean;
  readonly selectors?: VlaReport;
  readonly controls?: Readonly<Record<string, VlaReport>>;
  readonly counts?: Readonly<Record<string, VlaReport>>;
  readonly ablations?: Readonly<Record<string, VlaReport>>;
  readonly shifts?: Readonly<Record<string, VlaReport>>;
}

/** Sums up outcomes. */
export function tacoResults(outcomes: TacoOutcomes, size: TacoSize, provenance: object): TacoResults {
  const { headline, selectors, ...tables } = outcomes;
  const first = headline[0][0];
  const all = headline.flat();
  const tasks = [...new Set(first.map(({ task }) => task))];
  const differences = tasks.map((task) => sceneDifferences(all, task));
  const gain = bootstrapMean(differences, new Rng(15));
  const pairings = tasks.map((task) => pairing(first.filter((scene) => scene.task === task)));
  const adjusted = holm(pairings.map(({ p }) => p));
  const gainByTask = Object.fromEntries(
    tasks.map((task, i) => [
      task,
      {
        ...bootstrapMean([differences[i]], new Rng(15)),
        p: pairings[i].p,
        adjusted: adjusted[i],
      },
    ]),
  );
  const isWorse = Object.values(gainByTask).some((task) => task.mean < 0 && task.adjusted < 0.05);
  return {
    size,
    provenance,
    headline: reportVla(first),
    seeds: headline.flatMap((counters, p) => counters.map((scenes, k) => seedResult(scenes, p + 1, k + 1))),
    gain,
    gainByTask,
    isShown: gain.mean >= 0.1 && pairing(first).p < 0.05 && !isWorse,
    ...(selectors === undefined ? {} : { selectors: reportVla(selectors) }),
    ...Object.fromEntries(
      Object.entries(tables).map(([name, table]) => [
        name,
        Object.fromEntries(Object.entries(table).map(([key, scenes]) => [key, reportVla(scenes)])),
      ]),
    ),
  };
}

function seedResult(scenes: readonly SceneOutcome[], policy: number, counter: number): SeedResult {
  const rate = (arm: string) => mean(scenes.map(({ arms }) => Number(arms[arm].success)));
  return { policy, counter, single: rate("single"), taco: rate("taco"), pairing: pairing(scenes) };
}

function pairing(scenes: readonly SceneOutcome[]): Pairing {
  const wins = (arm: string) => scenes.map(({ arms }) => arms[arm].success);
  return comparePaired(wins("taco"), wins("single"));
}

/** TACO minus single of each scene of a task, averaged over policies and counters. */
function sceneDifferences(all: readonly (readonly SceneOutcome[])[], task: string): number[] {
  const bySeed = new Map<number, number[]>();
  for (const { seed, task: own, arms } of all.flat())
    if (own === task)
      bySeed.set(seed, [
        ...(bySeed.get(seed) ?? []),
        Number(arms.taco.success) - Number(arms.single.success),
      ]);
  return [...bySeed.values()].map(mean);
}
