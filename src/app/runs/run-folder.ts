import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../common/index.ts";
import { decodeTensorFile, encodeTensorFile, type TensorFile } from "../../learn/index.ts";
import { readText, writeAtomically } from "../files.ts";
import { type Curve, curvesSvg } from "./curves-svg.ts";
import { EventFile } from "./tensorboard.ts";

const KEPT_CHECKPOINTS = 3;

/**
 * A training run on disk (design: run folder): config, manifest, metrics, TensorBoard events, the last checkpoints,
 * the newest policy and its curves. Whatever is replaced is replaced whole, so that a crash leaves the last good state.
 */
export class RunFolder implements Disposable {
  readonly path: string;
  readonly #events: EventFile;

  private constructor(path: string) {
    this.path = path;
    const seconds = Date.now() / 1000;
    this.#events = new EventFile(
      join(path, `events.out.tfevents.${Math.floor(seconds)}.${hostname()}`),
      seconds,
    );
  }

  /** Starts a new run: `<root>/<experiment>/<timestamp>_<name>`. */
  static async create(
    root: string,
    experiment: string,
    name: string,
    config: object,
    manifest: object,
  ): Promise<RunFolder> {
    const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
    const path = join(root, experiment, `${stamp}_${name}`);
    mkdirSync(join(path, "checkpoints"), { recursive: true });
    await writeAtomically(join(path, "config.json"), `${JSON.stringify(config, null, 2)}\n`);
    await writeAtomically(join(path, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    return new RunFolder(path);
  }

  /** Opens a run to go on with it. Throws `UsageError` where the folder is none. */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, "config.json"))) {
      throw new UsageError(
        `"${path}" is no run folder.`,
        "Name a folder below runs/ that holds config.json.",
      );
    }
    return new RunFolder(path);
  }

  /** The stored config, as JSON. */
  async config(): Promise<unknown> {
    return JSON.parse(await readText(join(this.path, "config.json")));
  }

  /** Appends one iteration's numbers to metrics.jsonl and to the TensorBoard file. */
  log(step: number, values: Readonly<Record<string, number>>): void {
    const finite = Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
    appendFileSync(join(this.path, "metrics.jsonl"), `${JSON.stringify({ step, ...finite })}\n`);
    this.#events.scalars(step, finite, Date.now() / 1000);
  }

  /** Stores a checkpoint and drops all but the last few. */
  async saveCheckpoint(iteration: number, file: TensorFile): Promise<void> {
    const folder = join(this.path, "checkpoints");
    await writeAtomically(
      join(folder, `${String(iteration).padStart(6, "0")}.safetensors`),
      encodeTensorFile(file),
    );
    for (const old of this.#checkpoints().slice(0, -KEPT_CHECKPOINTS)) rmSync(join(folder, old));
  }

  /** The newest checkpoint, or undefined where there is none yet. */
  latestCheckpoint(): TensorFile | undefined {
    const newest = this.#checkpoints().at(-1);
    return newest === undefined
      ? undefined
      : decodeTensorFile(readFileSync(join(this.path, "checkpoints", newest)));
  }

  async savePolicy(bytes: Uint8Array): Promise<void> {
    await writeAtomically(join(this.path, "policy.onnx"), bytes);
  }

  /** Draws the logged metrics of these names over millions of environment steps. */
  async drawCurves(title: string, names: readonly string[]): Promise<void> {
    const rows = (await readText(join(this.path, "metrics.jsonl")))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, number>);
    const x = rows.map((row) => row.step / 1e6);
    const curves = names.map((name): Curve => ({ name, x, y: rows.map((row) => row[name] ?? Number.NaN) }));
    await writeAtomically(join(this.path, "curves.svg"), curvesSvg(title, "million steps", curves));
  }

  [Symbol.dispose](): void {
    this.#events[Symbol.dispose]();
  }

  #checkpoints(): string[] {
    return readdirSync(join(this.path, "checkpoints"))
      .filter((name) => name.endsWith(".safetensors"))
      .sort();
  }
}
