import { mean, quantile, wilsonInterval } from "../../common/index.ts";
import { comparePaired, type Pairing } from "./paired.ts";
import type { ArmOutcome } from "./run-episode.ts";

/** A success rate with Wilson's 95 % interval. */
export interface Rate {
  readonly success: number;
  readonly low: number;
  readonly high: number;
}

/** The object that `eval vla --json` prints. */
export interface VlaReport {
  readonly episodes: number;
  readonly tasks: Readonly<Record<string, Readonly<Record<string, Rate>>>>;
  /** Over all episodes of all tasks. */
  readonly mean: Readonly<Record<string, Rate>>;
  readonly latencyMs: Readonly<Record<string, { readonly p50: number; readonly p99: number }>>;
  /** Each selector against the single sample, scene by scene. */
  readonly againstSingle: Readonly<Record<string, Pairing>>;
  readonly seamJump: Readonly<Record<string, number>>;
}

/** One scene under all arms. */
export interface SceneOutcome {
  readonly task: string;
  readonly seed: number;
  readonly arms: Readonly<Record<string, ArmOutcome>>;
}

/** Sums up scenes; all have the same arms. */
export function reportVla(scenes: readonly SceneOutcome[]): VlaReport {
  const names = Object.keys(scenes[0]?.arms ?? {});
  const tasks = [...new Set(scenes.map(({ task }) => task))];
  const byArm = <T>(make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, make(name)]));
  const wins = (name: string, of: readonly SceneOutcome[] = scenes) =>
    of.map(({ arms }) => arms[name].success);
  const others = names.filter((name) => name !== "single" && names.includes("single"));
  return {
    episodes: scenes.length,
    tasks: Object.fromEntries(
      tasks.map((task) => {
        const own = scenes.filter((scene) => scene.task === task);
        return [task, byArm((name) => rate(wins(name, own)))];
      }),
    ),
    mean: byArm((name) => rate(wins(name))),
    latencyMs: byArm((name) => {
      const all = scenes.flatMap(({ arms }) => arms[name].latenciesMs);
      return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
    }),
    againstSingle: Object.fromEntries(
      others.map((name) => [name, comparePaired(wins(name), wins("single"))]),
    ),
    seamJump: byArm((name) => mean(scenes.map(({ arms }) => arms[name].seamJump))),
  };
}

function rate(successes: readonly boolean[]): Rate {
  const count = successes.filter(Boolean).length;
  return { success: count / successes.length, ...wilsonInterval(count, successes.length) };
}
