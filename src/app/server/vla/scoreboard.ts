import type { TrialState, VlaMessage } from "../../../wire/index.ts";

/** How one trial ended. */
export interface Outcome {
  readonly task: string;
  readonly selector: string;
  /** Equal for trials of one scene under equal noise. */
  readonly scene: string;
  readonly state: TrialState;
}

type Tally = VlaMessage["tally"];
type Pairs = VlaMessage["pairs"];

/** Trials that ended, counted by task and selector, and scene by scene between selectors. A scene done again counts once. */
export class Scoreboard {
  readonly #outcomes = new Map<string, Outcome>();

  add(outcome: Outcome): void {
    this.#outcomes.set(`${outcome.task} ${outcome.selector} ${outcome.scene}`, outcome);
  }

  get tally(): Tally {
    const rows = new Map<string, Tally[number]>();
    for (const { task, selector, state } of this.#outcomes.values()) {
      const key = `${task} ${selector}`;
      const row = rows.get(key) ?? { task, selector, successes: 0, trials: 0 };
      const successes = row.successes + (state === "succeeded" ? 1 : 0);
      rows.set(key, { ...row, successes, trials: row.trials + 1 });
    }
    return [...rows.values()];
  }

  /** Only for pairs of selectors that have done a scene both. */
  get pairs(): Pairs {
    const rows = new Map<string, Pairs[number]>();
    const all = [...this.#outcomes.values()];
    for (const [i, first] of all.entries())
      for (const second of all.slice(i + 1)) {
        if (first.task !== second.task || first.scene !== second.scene) continue;
        const [a, b] = first.selector < second.selector ? [second, first] : [first, second];
        const key = `${a.task} ${a.selector} ${b.selector}`;
        const empty = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
        const row = rows.get(key) ?? {
          task: a.task,
          selectors: [a.selector, b.selector] as [string, string],
          ...empty,
        };
        const field = cell(a.state === "succeeded", b.state === "succeeded");
        rows.set(key, { ...row, [field]: row[field] + 1 });
      }
    return [...rows.values()];
  }
}

function cell(first: boolean, second: boolean): "both" | "onlyFirst" | "onlySecond" | "neither" {
  if (first) return second ? "both" : "onlyFirst";
  return second ? "onlySecond" : "neither";
}
