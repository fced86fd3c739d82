import type { Worker } from "node:worker_threads";
import {
  ContrappostoError,
  errorMessage,
  halves,
  type Part,
  Rng,
  shareOut,
  UsageError,
} from "../common/index.ts";
import { allOfTask, type Curriculum } from "./curriculum.ts";
import { ALL, ControlBlock } from "./parallel/control-block.ts";
import { EnvSlice, type VecEnvSetup } from "./parallel/env-slice.ts";
import { EnvironmentFailure } from "./parallel/environment-failure.ts";
import { PeekBlock } from "./parallel/peek-block.ts";
import type { SliceAssignment } from "./parallel/serve-slice.ts";
import { type LayoutSizes, layOut, layoutSizes, type SharedArrays } from "./parallel/shared-layout.ts";
import { spawnWorker } from "./parallel/spawn-worker.ts";
import { drawFirstRows } from "./terrain/training-terrain.ts";

/** A worker stopped, or the environments that run in this thread did; `dump` holds the last step where the physics broke. */
export class WorkerFailedError extends ContrappostoError {
  override readonly code = "WORKER_FAILED";
  readonly dump: unknown;

  constructor(message: string, dump?: unknown, options?: ErrorOptions) {
    super(
      `A simulation worker stopped: ${message}`,
      "Where a run was under way its last checkpoint is intact; resume from it.",
      options,
    );
    this.dump = dump;
  }
}

/**
 * Many environments behind one batched step. Worker threads step them over shared memory; the results do not depend
 * on how many workers there are. Its parts may also step apart: while one does, the other may be acted for, so that no core
 * waits. Arrays are kept and overwritten.
 */
export class VecEnv implements AsyncDisposable {
  readonly setup: VecEnvSetup;
  readonly sizes: LayoutSizes;
  readonly arrays: SharedArrays;
  readonly rewardNames: readonly string[];
  /** All environments, in order. */
  readonly parts: readonly Part[];
  /** Looks into one of the environments while they run. */
  readonly peek: PeekBlock;
  readonly #workers: readonly Worker[];
  readonly #local: EnvSlice | undefined;
  readonly #control: ControlBlock;
  #failure: WorkerFailedError | undefined;
  /** Turns under way, by part. */
  readonly #turns = new Map<number, number>();
  #isDisposed = false;

  private constructor(
    setup: VecEnvSetup,
    sizes: LayoutSizes,
    arrays: SharedArrays,
    control: ControlBlock,
    peek: PeekBlock,
    runs: EnvSlice | readonly Worker[],
  ) {
    this.setup = setup;
    this.sizes = sizes;
    this.arrays = arrays;
    this.parts = halves(setup.numEnvs);
    this.rewardNames = Object.keys(setup.task.rewards);
    this.#control = control;
    this.peek = peek;
    this.#local = runs instanceof EnvSlice ? runs : undefined;
    this.#workers = runs instanceof EnvSlice ? [] : runs;
    for (const worker of this.#workers) {
      failureOf(worker).catch((error: WorkerFailedError) => {
        this.#failure ??= error;
        control.abandon();
      });
    }
  }

  /**
   * Builds the environments.
   *
   * @param workers how many threads; 0 steps them in this one (tests, the browser)
   * @throws HeapExhaustedError or, from a thread, WorkerFailedError where a worker's share does not fit
   */
  static async create(setup: VecEnvSetup, workers: number): Promise<VecEnv> {
    const { robot, task, numEnvs } = setup;
    checkCount("number of environments", numEnvs, 1);
    checkCount("number of workers", workers, 0);
    const sizes = layoutSizes(robot, task, numEnvs);
    const { buffer, arrays } = layOut(sizes);
    if (setup.terrain !== undefined)
      drawFirstRows(setup.terrain, new Rng(setup.seed).fork("terrain rows"), arrays.terrainRow);
    const control = new ControlBlock();
    const peek = new PeekBlock();
    control.curriculum = allOfTask(task);
    if (workers === 0) {
      const slice = await EnvSlice.create(setup, halves(numEnvs));
      slice.peek = peek;
      slice.publish(arrays);
      return new VecEnv(setup, sizes, arrays, control, peek, slice);
    }
    const memory = buffer as SharedArrayBuffer;
    const shared = { setup, sizes, memory, control: control.buffer, workers, peek: peek.buffer };
    return new VecEnv(setup, sizes, arrays, control, peek, await startWorkers(shared));
  }

  get numEnvs(): number {
    return this.setup.numEnvs;
  }

  /** What environments read at their next resets. */
  get curriculum(): Curriculum {
    return this.#control.curriculum;
  }

  set curriculum(value: Curriculum) {
    this.#control.curriculum = value;
  }

  /** Starts every environment anew. */
  async reset(): Promise<void> {
    this.#begin("reset", ALL);
    await this.#end(ALL);
  }

  /** Steps every environment with `arrays.actions`; ended ones start anew. Rejects with `WorkerFailedError`. */
  async step(): Promise<void> {
    this.#begin("step", ALL);
    await this.#end(ALL);
  }

  /**
   * Begins to step one of `parts` with its rows of `arrays.actions`; until `receive`, no row of it may be written or read.
   *
   * @throws WorkerFailedError where a batch has failed, UsageError where it is stepping already
   */
  send(part: Part): void {
    this.#begin("step", this.#indexOf(part));
  }

  /** Waits for the part's step. Rejects with `WorkerFailedError`. */
  async receive(part: Part): Promise<void> {
    await this.#end(this.#indexOf(part));
  }

  /** Ends all threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#local?.[Symbol.dispose]();
    if (this.#workers.length === 0) return;
    const exits = this.#workers.map(exitOf);
    this.#control.begin("stop");
    await Promise.all(exits);
    this.#control.abandon(); // whoever did not wait for the last step gets its end
  }

  #indexOf(part: Part): number {
    const index = this.parts.indexOf(part);
    if (index < 0)
      throw new UsageError("The environments are not of this batch's parts.", "Send one of `parts`.");
    return index;
  }

  #begin(operation: "step" | "reset", part: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    const isBusy = part === ALL ? this.#turns.size > 0 : this.#turns.has(part) || this.#turns.has(ALL);
    if (this.#isDisposed || isBusy)
      throw new UsageError(
        `The environments ${this.#isDisposed ? "are disposed" : "have not finished the last step"}.`,
        "Await each step, and dispose last.",
      );
    if (this.#local === undefined) this.#turns.set(part, this.#control.begin(operation, part));
    else this.#turnHere(this.#local, operation, part);
  }

  async #end(part: number): Promise<void> {
    const turn = this.#turns.get(part);
    if (turn !== undefined) await this.#control.completion(turn);
    this.#turns.delete(part);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #turnHere(slice: EnvSlice, operation: "step" | "reset", part: number): void {
    try {
      if (operation === "reset") slice.reset(this.arrays, this.#control.curriculum);
      else slice.step(this.arrays, () => this.#control.curriculum, part);
    } catch (error) {
      this.#failure = new WorkerFailedError(errorMessage(error), dumpOf(error), { cause: error });
    }
  }
}

/** Starts the threads, each with its share of each part; where one cannot build its own, all are ended and its error is thrown. */
async function startWorkers(shared: Omit<SliceAssignment, "shares">): Promise<Worker[]> {
  const { setup, workers } = shared;
  const dealt = halves(setup.numEnvs).map((part) => shareOut(part, workers));
  const threads = Array.from({ length: workers }, (_, w) => {
    const assignment: SliceAssignment = { ...shared, shares: dealt.map((shares) => shares[w]) };
    return spawnWorker(new URL("./parallel/vec-env.worker", import.meta.url), assignment);
  });
  try {
    await Promise.all(threads.map((thread) => Promise.race([readinessOf(thread), failureOf(thread)])));
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.terminate()));
    throw error;
  }
  return threads;
}

function checkCount(what: string, count: number, least: number): void {
  if (!(Number.isInteger(count) && count >= least))
    throw new UsageError(`The ${what} is ${count}.`, `Give a whole number from ${least} on.`);
}

const dumpOf = (error: unknown) => (error instanceof EnvironmentFailure ? error.dump : undefined);

type Report = { kind: "ready" } | { kind: "failed"; message: string; dump?: unknown };

function readinessOf(worker: Worker): Promise<void> {
  return new Promise((resolve) =>
    worker.on("message", (report: Report) => report.kind === "ready" && resolve()),
  );
}

function failureOf(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.on("error", (error) => reject(new WorkerFailedError(error.message)));
    worker.on("message", (report: Report) => {
      if (report.kind === "failed") reject(new WorkerFailedError(report.message, report.dump));
    });
    worker.on("exit", (code) => code !== 0 && reject(new WorkerFailedError(`it left with status ${code}.`)));
  });
}

function exitOf(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.threadId === -1) resolve();
    else worker.once("exit", () => resolve());
  });
}
