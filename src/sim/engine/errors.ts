import { ContrappostoError, errorMessage } from "../../common/index.ts";

/** The engine refused a model: the text names element, file and line as far as the engine knows them. */
export class ModelError extends ContrappostoError {
  override readonly code: string = "MODEL";
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(
    problem: string,
    remedy: string,
    where: { file?: string; line?: number } = {},
    options?: ErrorOptions,
  ) {
    super(problem, remedy, options);
    this.file = where.file;
    this.line = where.line;
  }
}

/** A file that a model refers to was not among the files given. */
export class MissingAssetError extends ModelError {
  override readonly code = "MISSING_ASSET";

  constructor(asset: string, model: string, options?: ErrorOptions) {
    super(
      `The model "${model}" refers to the file "${asset}", which was not found.`,
      "Put the file where the model's meshdir or texturedir says, or correct the reference.",
      { file: model },
      options,
    );
  }
}

/** The WASM heap (2 GiB) is full. */
export class HeapExhaustedError extends ContrappostoError {
  override readonly code = "HEAP_EXHAUSTED";
  /** How many simulations fitted before the heap was full. */
  readonly fitted: number;

  constructor(wanted: number, fitted: number, bytesEach: number, options?: ErrorOptions) {
    super(
      `${wanted} simulations of this model do not fit in the engine's 2 GiB heap: ${fitted} do, at ${(bytesEach / 2 ** 20).toFixed(1)} MiB each.`,
      `Use at most ${fitted} per worker, more workers, or a smaller <size memory="..."/> in the model.`,
      options,
    );
    this.fitted = fitted;
  }
}

/** The state holds a number that is not finite, or is absurdly large. */
export class DivergedError extends ContrappostoError {
  override readonly code = "DIVERGED";
  readonly time: number;
  /** What to replay: attached by whoever stepped the simulation, undefined inside the engine. */
  dump: unknown;

  constructor(what: string, time: number, options?: ErrorOptions) {
    super(
      `The simulation diverged at ${time.toFixed(3)} s: ${what}.`,
      "Use a smaller timestep, lower gains, or check the model's masses and contacts; the dump replays the last step.",
      options,
    );
    this.time = time;
  }
}

/** The engine's own words. */
export function engineComplaint(cause: unknown): string {
  return errorMessage(cause)
    .replace(/^MuJoCo Error: /, "")
    .trim();
}

/** Turns the engine's text into a typed error with file and line where it names them. */
export function modelErrorFrom(cause: unknown, model: string): ModelError {
  const text = engineComplaint(cause).replace(/^Loading error: /, "");
  const missing =
    /Error opening file '([^']*)'|resource not found via provider or OS filesystem: '([^']*)'/.exec(text);
  if (missing) return new MissingAssetError(missing[1] ?? missing[2] ?? "?", model, { cause });
  const line = /line(?: number=| )(\d+)/.exec(text)?.[1];
  const file = /(?:file|File|in) '([^']+\.(?:xml|urdf))'/.exec(text)?.[1] ?? model;
  const problem = text.replace(/\s*\n+\s*/g, "; ").replace(/;\s*$/, "");
  return new ModelError(
    `The model "${model}" does not compile: ${problem}.`,
    "Correct the element named here; MuJoCo's XML reference lists what it may hold.",
    { file, ...(line === undefined ? {} : { line: Number(line) }) },
    { cause },
  );
}
