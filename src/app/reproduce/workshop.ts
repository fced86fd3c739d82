import { join } from "node:path";
import type { Shift } from "../../sim/index.ts";
import type { SceneOutcome } from "../../vla/index.ts";
import type { Command } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { evalVla } from "../commands/eval-vla.ts";
import { trainTaco } from "../commands/train-taco.ts";
import { trainVla } from "../commands/train-vla.ts";
import { vlaDemos } from "../commands/vla-demos.ts";
import { readJson } from "../files.ts";
import { Journal } from "./journal.ts";
import type { TacoSize } from "./taco-size.ts";

/** Ctrl-C came; what is done is in the journal. */
export class Interrupted extends Error {}

/** How an evaluation differs from the plain one. */
export interface Trial {
  readonly selectors: readonly string[];
  readonly scenes: number;
  readonly candidates?: number;
  readonly shift?: Shift;
  readonly noise?: "fresh" | "fixed";
  readonly ensemble?: readonly string[];
}

export interface WorkshopOptions {
  readonly folder: string;
  readonly size: TacoSize;
  readonly workers: number;
  /** Trained runs on the mixed data that take the place of the first policies. */
  readonly policies: readonly string[];
  readonly io: CommandIo;
}

/** Does the steps of a reproduction by the commands that a user would type, each once. */
export class Workshop {
  readonly #options: WorkshopOptions;
  readonly #journal: Journal;

  private constructor(options: WorkshopOptions, journal: Journal) {
    this.#options = options;
    this.#journal = journal;
  }

  static async open(options: WorkshopOptions): Promise<Workshop> {
    return new Workshop(options, await Journal.open(options.folder));
  }

  /** A folder of demonstrations of a mixture. */
  demos(mixture: string): Promise<string> {
    const { folder, size, workers } = this.#options;
    const out = join(folder, "demos", mixture);
    return this.#journal.once(`demos ${mixture}`, async () => {
      const flags = { out, task: size.task, episodes: size.demos, mixture, workers };
      await this.#run(vlaDemos, `demonstrations, ${mixture}`, flags);
      return out;
    });
  }

  /** A policy's run folder. One that was interrupted is gone on with. */
  policy(mixture: string, seed: number): Promise<string> {
    const { folder, size, workers, policies } = this.#options;
    const adopted = mixture === "mixed" ? policies[seed - 1] : undefined;
    if (adopted !== undefined) return Promise.resolve(adopted);
    const name = `policy ${mixture} ${seed}`;
    return this.#journal.once(name, async () => {
      const begun = this.#journal.get<string>(`${name}, begun`);
      const flags = {
        ...{ demos: [await this.demos(mixture)], seed, steps: size.steps, threads: workers },
        runs: join(folder, "runs"),
        ...(begun === undefined ? {} : { resume: begun }),
      };
      const { run, end } = await this.#run<{ run: string; end: string }>(trainVla, name, flags, false);
      if (end === "steps") return run;
      await this.#journal.set(`${name}, begun`, run);
      throw new Interrupted();
    });
  }

  /** A run folder with scorers for a policy. Features are collected once for each `search`. */
  counter(
    policy: string,
    seed: number,
    { label = "fourier", ...flags }: { readonly label?: string } & Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const { folder, size, workers } = this.#options;
    const { frames, draws, minUpdates } = size;
    const key = `features of ${policy} ${flags.search ?? "one-step"} ${flags.noise ?? "fresh"} ${flags.idleShare ?? ""}`;
    return this.#journal.once(`counter ${label} ${seed} of ${policy}`, async () => {
      const known = this.#journal.get<string>(key);
      const counter = { minUpdates, ...(flags.counter as object | undefined) };
      const all = {
        ...{ vla: policy, demos: [await this.demos("mixed")], seed, frames, draws, threads: workers },
        ...{ runs: join(folder, "runs"), baselines: seed === 1, ...flags, counter },
        ...(known === undefined ? {} : { features: known }),
      };
      const { run } = await this.#run<{ run: string }>(trainTaco, `counter ${label} ${seed}`, all);
      if (known === undefined) await this.#journal.set(key, run);
      return run;
    });
  }

  /** Scenes under some arms, on the split `test`. */
  async trial(
    name: string,
    policy: string,
    scorers: string | undefined,
    trial: Trial,
  ): Promise<SceneOutcome[]> {
    const { folder, size, workers } = this.#options;
    const out = join(folder, "trials", `${name.replace(/\W+/g, "-")}.json`);
    const { selectors, scenes, candidates = size.candidates, shift, noise = "fresh", ensemble = [] } = trial;
    await this.#journal.once(`trial ${name}`, async () => {
      const flags = {
        ...{ vla: policy, scorers, ensemble, selector: selectors, task: size.task, episodes: scenes },
        ...{ candidates, shift: shift === undefined ? [] : [shift], noise, workers, out },
      };
      await this.#run(evalVla, name, flags);
      return out;
    });
    return (await readJson(out)) as SceneOutcome[];
  }

  /** @param isWhole whether an interrupted command leaves nothing that could be used */
  async #run<T>(command: Command, name: string, flags: object, isWhole = true): Promise<T> {
    const { io } = this.#options;
    io.note(name);
    const answers: object[] = [];
    await command.run(
      command.flags.parse(flags),
      quiet(io, (answer) => answers.push(answer)),
    );
    if (isWhole && io.signal.aborted) throw new Interrupted();
    return answers[0] as T;
  }
}

/** What a command says on the way, without its answer, which is handed over. */
function quiet(io: CommandIo, take: (answer: object) => void): CommandIo {
  return {
    json: io.json,
    style: io.style,
    signal: io.signal,
    print: () => {},
    note: (text) => io.note(text),
    result: take,
    table: () => {},
    progress: (label, total) => io.progress(label, total),
  };
}
