import { mean, Rng } from "../../common/index.ts";
import { EvolutionStrategy } from "../../learn/index.ts";
import { type SpreadOptions, spreadWork } from "../../sim/node.ts";
import type { ControllerFile } from "../controller.ts";
import type { EvalEpisode } from "../evaluation/locomotion-protocol.ts";
import type { EvaluationSetup } from "../evaluation/run-episodes.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import { amountsOf, placesOf, type TrimAxis, trimAxes, trimmed, trimOf } from "./axes.ts";
import { type TrimEpisodeOptions, trimEpisodes } from "./episodes.ts";

/** What a thread is handed. */
export interface TrimShare {
  readonly candidates: readonly Uint8Array[];
  /** Policies of the other joints. */
  readonly companions: readonly ControllerFile[];
  readonly setup: Omit<EvaluationSetup, "controller">;
  readonly episodes: readonly EvalEpisode[];
}

export interface TrimOptions extends Omit<SpreadOptions, "onProgress"> {
  readonly setup: Omit<EvaluationSetup, "controller">;
  readonly companions: readonly ControllerFile[];
  readonly episodes: Omit<TrimEpisodeOptions, "seed">;
  /** Where to begin, by axis, as `Trimming.trim` says it; axes that are not named begin as the policy is. */
  readonly begin?: Readonly<Record<string, number>>;
  /** Names of the axes that are tried; undefined: all. */
  readonly axes?: readonly string[] | undefined;
  /** Rounds of trying; 0 judges where it begins. */
  readonly generations: number;
  /** Candidates of a generation; undefined: as many as the method asks for. */
  readonly population?: number | undefined;
  readonly seed: number;
  readonly onGeneration?: (done: number, cost: number) => void;
}

/** How far candidates are from one another at first: a factor of 1.16, a lean of 0.03. */
const DEVIATION = 0.15;

/** Episodes that the result is judged by, times those of a generation. */
const JUDGED = 4;

/** How a trim went. */
export interface Trimming {
  /** The trimmed policy. */
  readonly policy: Uint8Array;
  /** By axis: a gain, or an offset in the axis' unit. */
  readonly trim: Readonly<Record<string, number>>;
  readonly generations: number;
  /** Mean costs in the same episodes, none of which was searched with (`trimCost`); NaN where it was stopped before there was anything to judge. */
  readonly before: number;
  readonly after: number;
  /** Control steps that were simulated at most. */
  readonly steps: number;
}

/**
 * Looks for gains and a lean by which a policy does better (`trimAxes`), by trying some: an evolution strategy over some twenty numbers.
 * PPO finds what to do in every state, but climbs slowly along what is the same in all of them, such as a lean.
 * Each generation has episodes of its own. An abort ends the search after the generation under way, with what was found by then.
 *
 * @throws UsageError for a policy that cannot be trimmed or a beginning that is none, UnknownNameError for an axis that there is none of, and whatever an episode throws
 */
export async function trim(file: PolicyFile, options: TrimOptions): Promise<Trimming> {
  const { signal, seed } = options;
  const space = new TrimSpace(file, options);
  const rng = new Rng(seed).fork("trim");
  const strategy = new EvolutionStrategy(space.start, DEVIATION, rng.fork("candidates"), options.population);
  const jury = new Jury(options, rng);
  let generations = 0;
  while (generations < options.generations && !signal?.aborted) {
    const policies = strategy.ask().map((amounts) => space.policyAt(amounts));
    const costs = await jury.costsOf(policies, options.episodes.count);
    strategy.tell(costs);
    options.onGeneration?.(++generations, mean(costs));
  }
  const policy = space.policyAt(strategy.mean);
  // After an abort too, unless there is nothing to judge.
  const judged = generations < Math.min(1, options.generations) ? [] : [space.untouched(), policy];
  const costs = await jury.costsOf(judged, JUDGED * options.episodes.count);
  const [before = Number.NaN, after = Number.NaN] = costs;
  return {
    policy,
    trim: space.trimAt(strategy.mean),
    generations,
    before,
    after,
    steps: Math.round(jury.seconds / file.spec.controlTimestep),
  };
}

/** The axes along which a policy is tried; all others stay where they begin. */
class TrimSpace {
  /** Where the tried ones begin. */
  readonly start: readonly number[];
  readonly #file: PolicyFile;
  readonly #axes: readonly TrimAxis[];
  readonly #begin: readonly number[];
  readonly #tried: readonly number[];

  constructor(file: PolicyFile, { begin = {}, axes }: Pick<TrimOptions, "begin" | "axes">) {
    this.#file = file;
    this.#axes = trimAxes(file.spec);
    this.#begin = amountsOf(this.#axes, begin);
    this.#tried = placesOf(this.#axes, axes);
    this.start = this.#tried.map((at) => this.#begin[at]);
  }

  /** The policy, trimmed by amounts of the tried axes. */
  policyAt(amounts: ArrayLike<number>): Uint8Array {
    return trimmed(this.#file, this.#axes, this.#all(amounts));
  }

  /** The policy as it was, written in the same way. */
  untouched(): Uint8Array {
    return trimmed(this.#file, this.#axes, new Float64Array(this.#axes.length));
  }

  /** What the amounts stand for, by axis. */
  trimAt(amounts: ArrayLike<number>): Record<string, number> {
    return trimOf(this.#axes, this.#all(amounts));
  }

  #all(tried: ArrayLike<number>): number[] {
    const amounts = [...this.#begin];
    for (const [k, at] of this.#tried.entries()) amounts[at] = tried[k];
    return amounts;
  }
}

/** Judges policies by episodes that it draws anew each time, the same for all of them. */
class Jury {
  /** How long episodes were in all, s; a fall ends one earlier. */
  seconds = 0;
  readonly #options: TrimOptions;
  readonly #rng: Rng;

  constructor(options: TrimOptions, rng: Rng) {
    this.#options = options;
    this.#rng = rng;
  }

  /** What each policy costs on average over so many episodes. */
  costsOf(policies: readonly Uint8Array[], count: number): Promise<number[]> {
    const { setup, companions, workers } = this.#options;
    const episodes = trimEpisodes({ ...this.#options.episodes, count, seed: this.#rng.uint32() });
    for (const episode of episodes) this.seconds += policies.length * episode.seconds;
    return spreadWork<Uint8Array, number>(
      new URL("./trim.worker", import.meta.url),
      policies,
      (share) => ({ candidates: share, companions, setup, episodes }) satisfies TrimShare,
      { workers },
    );
  }
}
