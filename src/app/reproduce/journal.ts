import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { readJson, writeAtomically } from "../files.ts";

const Done = z.record(z.string(), z.unknown());

/** What is done already of a long work, by name: begun again, it goes on where it stopped. */
export class Journal {
  readonly #file: string;
  readonly #done: Map<string, unknown>;

  private constructor(file: string, done: Map<string, unknown>) {
    this.#file = file;
    this.#done = done;
  }

  /**
   * Throws `UsageError` where the file is no journal.
   *
   * @param folder the work's folder; made when something is written
   */
  static async open(folder: string): Promise<Journal> {
    const file = join(folder, "journal.json");
    if (!existsSync(file)) return new Journal(file, new Map());
    const done = Done.safeParse(await readJson(file));
    if (done.success) return new Journal(file, new Map(Object.entries(done.data)));
    throw new UsageError(`"${file}" is no journal.`, "Delete it to begin anew, or name another --work.");
  }

  /** What a piece of work gave, if it is done. */
  get<T>(name: string): T | undefined {
    return this.#done.get(name) as T | undefined;
  }

  /** Keeps a result, in place of an earlier one. */
  async set(name: string, value: unknown): Promise<void> {
    this.#done.set(name, value);
    await writeAtomically(this.#file, `${JSON.stringify(Object.fromEntries(this.#done), null, 1)}\n`);
  }

  /** The result of a piece of work, which is done now if it is not yet. */
  async once<T>(name: string, work: () => Promise<T>): Promise<T> {
    const known = this.get<T>(name);
    if (known !== undefined) return known;
    const value = await work();
    await this.set(name, value);
    return value;
  }
}
