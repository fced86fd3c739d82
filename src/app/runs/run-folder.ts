import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { decodeTensorFile, encodeTensorFile, type TensorFile } from "../../learn/index.ts";
import { fileError, readBytes, readJson, readText, writeAtomically } from "../files.ts";
import { type Curve, curvesSvg } from "./curves-svg.ts";
import { EventFile } from "./tensorboard.ts";

const KEPT_CHECKPOINTS = 3;
const POLICIES = "policies";

/** What is read again of a manifest. */
const Manifest = z.object({ command: z.string().optional() });

/**
 * A training run on disk (design: run folder): config, manifest, metrics, TensorBoard events, the last checkpoints,
 * the newest policy and its curves. Whatever is replaced is replaced whole, so that a crash leaves the last good state.
 * Writing throws the typed errors of `files.ts`, `DiskFullError` among them.
 */
export class RunFolder implements Disposable {
  readonly path: string;
  #events: EventFile | undefined;
  /** The step that this session went back to; undefined in a new run. */
  #begin: number | undefined;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Starts a new run at a path that holds none.
   *
   * @param fill writes what the run needs to go on; if it is stopped meanwhile, the folder holds no run
   */
  static async create(
    path: string,
    config: object,
    manifest: object,
    fill: (folder: RunFolder) => Promise<void> = async () => {},
  ): Promise<RunFolder> {
    mkdirSync(join(path, "checkpoints"), { recursive: true });
    const folder = new RunFolder(path);
    await folder.#writeJson("manifest.json", manifest);
    await fill(folder);
    await folder.#writeJson("config.json", config); // last: a folder with it is whole
    return folder;
  }

  /** Opens a run to go on with it. Throws `UsageError` where the folder is none. */
  static open(path: string): RunFolder {
    if (!RunFolder.isAt(path)) {
      throw new UsageError(
        `"${path}" is no run folder.`,
        "Name a folder below runs/ that holds config.json.",
      );
    }
    return new RunFolder(path);
  }

  static isAt(path: string): boolean {
    return existsSync(join(path, "config.json"));
  }

  /** The stored config, as JSON. */
  async config(): Promise<unknown> {
    return await readJson(join(this.path, "config.json"));
  }

  /** The command that began the run; undefined where its manifest does not say. */
  async command(): Promise<string | undefined> {
    const file = join(this.path, "manifest.json");
    const manifest = existsSync(file) ? Manifest.safeParse(await readJson(file)) : undefined;
    return manifest?.data?.command;
  }

  /** Appends one iteration's numbers to metrics.jsonl and to the TensorBoard file. */
  async log(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    const finite = Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
    const file = join(this.path, "metrics.jsonl");
    const seconds = Date.now() / 1000;
    try {
      appendFileSync(file, `${JSON.stringify({ step, ...finite })}\n`);
      this.#events ??= this.#openEvents(seconds);
      // TensorBoard groups by what stands before a slash.
      const tags = Object.entries(finite).map(([name, value]) => [name.replace(".", "/"), value] as const);
      this.#events.scalars(step, Object.fromEntries(tags), seconds);
    } catch (error) {
      throw await fileError(error, file);
    }
  }

  /** Drops the metrics of iterations that were done after the checkpoint at `step`, as they will be done again. */
  async rewind(step: number): Promise<void> {
    this.#begin = step;
    const rows = (await this.metrics()).filter((row) => row.step <= step);
    await this.#write("metrics.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }

  /** All logged rows; a last one that was not written to its end is left out. */
  async metrics(): Promise<Record<string, number>[]> {
    const file = join(this.path, "metrics.jsonl");
    if (!existsSync(file)) return [];
    const lines = (await readText(file)).split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, number>);
  }

  /** Stores a checkpoint and drops all but the last few. */
  async saveCheckpoint(iteration: number, file: TensorFile): Promise<void> {
    await this.#write(checkpointFile(iteration), encodeTensorFile(file));
    for (const old of this.#checkpoints().slice(0, -KEPT_CHECKPOINTS))
      rmSync(join(this.path, "checkpoints", old), { force: true });
  }

  /** The newest checkpoint, or undefined where there is none yet. */
  latestCheckpoint(): TensorFile | undefined {
    const newest = this.#checkpoints().at(-1);
    return newest === undefined ? undefined : this.checkpoint(Number.parseInt(newest, 10));
  }

  /** A checkpoint that is still kept. */
  checkpoint(iteration: number): TensorFile {
    return decodeTensorFile(readFileSync(join(this.path, checkpointFile(iteration))));
  }

  async savePolicy(bytes: Uint8Array): Promise<void> {
    await this.#write("policy.onnx", bytes);
  }

  /** Keeps the policy of a step for good, beside the newest. */
  async keepPolicy(step: number, bytes: Uint8Array): Promise<void> {
    mkdirSync(join(this.path, POLICIES), { recursive: true });
    await this.#write(join(POLICIES, `${String(step).padStart(10, "0")}.onnx`), bytes);
  }

  /** The policies that were kept, the first one first. */
  keptPolicies(): { readonly step: number; readonly path: string }[] {
    const folder = join(this.path, POLICIES);
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => name.endsWith(".onnx"));
    return files.sort().map((name) => ({ step: Number.parseInt(name, 10), path: join(folder, name) }));
  }

  /** Keeps a file that the run needs to go on. */
  async keep(file: string, bytes: Uint8Array): Promise<void> {
    await this.#write(file, bytes);
  }

  async kept(file: string): Promise<Uint8Array> {
    return await readBytes(join(this.path, file));
  }

  /** Draws the logged metrics of these names over millions of environment steps, or thousands of gradient steps. */
  async drawCurves(
    title: string,
    names: readonly string[],
    unit: "million steps" | "thousand steps" = "million steps",
  ): Promise<void> {
    const rows = await this.metrics();
    const x = rows.map((row) => row.step / (unit === "million steps" ? 1e6 : 1e3));
    const curves = names
      .filter((name) => rows.some((row) => row[name] !== undefined))
      .map((name): Curve => ({ name, x, y: rows.map((row) => row[name] ?? Number.NaN) }));
    await this.#write("curves.svg", curvesSvg(title, unit, curves));
  }

  [Symbol.dispose](): void {
    this.#events?.[Symbol.dispose]();
    this.#events = undefined;
  }

  #openEvents(seconds: number): EventFile {
    const name = `events.out.tfevents.${Math.floor(seconds)}.${hostname()}`;
    return new EventFile(join(this.path, name), seconds, this.#begin);
  }

  #checkpoints(): string[] {
    return readdirSync(join(this.path, "checkpoints"))
      .filter((name) => name.endsWith(".safetensors"))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  }

  #writeJson(file: string, value: unknown): Promise<void> {
    return this.#write(file, `${JSON.stringify(value, null, 2)}\n`);
  }

  #write(file: string, content: Uint8Array | string): Promise<void> {
    return writeAtomically(join(this.path, file), content);
  }
}

function checkpointFile(iteration: number): string {
  return join("checkpoints", `${String(iteration).padStart(6, "0")}.safetensors`);
}

/**
 * Makes an empty folder for a new run: `<root>/<experiment>/<timestamp>_<name>`, with a number after it where another run,
 * perhaps of another process, took that in the same second.
 */
export function claimRunPath(root: string, experiment: string, name: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const path = join(root, experiment, `${stamp}_${name}`);
  mkdirSync(dirname(path), { recursive: true });
  for (let k = 1; ; k++) {
    const free = k === 1 ? path : `${path}_${k}`;
    try {
      mkdirSync(free);
      return free;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
