import type { Worker } from "node:worker_threads";
import { ContrappostoError } from "../common/index.ts";
import { Engine } from "./engine/index.ts";
import type { Curriculum } from "./env.ts";
import { ControlBlock } from "./parallel/control-block.ts";
import { EnvSlice, type VecEnvSetup } from "./parallel/env-slice.ts";
import type { SliceAssignment } from "./parallel/serve-slice.ts";
import { type LayoutSizes, layOut, type SharedArrays } from "./parallel/shared-layout.ts";
import { spawnWorker } from "./parallel/spawn-worker.ts";

/** A worker stopped; `dump` holds the last step where the physics broke. */
export class WorkerFailedError extends ContrappostoError {
  override readonly code = "WORKER_FAILED";
  readonly dump: unknown;

  constructor(message: string, dump?: unknown) {
    super(`A simulation worker stopped: ${message}`, "The run's last checkpoint is intact; resume from it.");
    this.dump = dump;
  }
}

/**
 * Many environments behind one batched step. Worker threads step them over shared memory; the results do not depend
 * on how many workers there are. Arrays are kept and overwritten.
 */
export class VecEnv implements AsyncDisposable {
  readonly setup: VecEnvSetup;
  readonly sizes: LayoutSizes;
  readonly arrays: SharedArrays;
  readonly rewardNames: readonly string[];
  readonly #workers: readonly Worker[];
  readonly #local: EnvSlice | undefined;
  readonly #control: ControlBlock;
  #failure: WorkerFailedError | undefined;

  private constructor(
    setup: VecEnvSetup,
    sizes: LayoutSizes,
    arrays: SharedArrays,
    control: ControlBlock,
    runs: EnvSlice | readonly Worker[],
  ) {
    this.setup = setup;
    this.sizes = sizes;
    this.arrays = arrays;
    this.rewardNames = Object.keys(setup.task.rewards);
    this.#control = control;
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
   * @throws HeapExhaustedError where a worker's share does not fit
   */
  static async create(setup: VecEnvSetup, workers: number): Promise<VecEnv> {
    const sizes = { numEnvs: setup.numEnvs, ...(await sizesOf(setup)) };
    const { buffer, arrays } = layOut(sizes);
    const control = new ControlBlock();
    const { task } = setup;
    control.curriculum = {
      commands: task.commands,
      pushes: task.pushes,
      motionAmplitude: 1,
      motionDifficulty: 1,
    };
    if (workers === 0)
      return new VecEnv(setup, sizes, arrays, control, await EnvSlice.create(setup, 0, setup.numEnvs));
    const share = Math.ceil(setup.numEnvs / workers);
    const threads = Array.from({ length: workers }, (_, w) => {
      const first = w * share;
      const count = Math.min(share, setup.numEnvs - first);
      const assignment: SliceAssignment = {
        setup,
        sizes,
        memory: buffer as SharedArrayBuffer,
        control: control.buffer,
        first,
        count,
        workers,
      };
      return spawnWorker(new URL("./parallel/vec-env.worker", import.meta.url), assignment);
    });
    try {
      await Promise.all(threads.map((thread) => Promise.race([readinessOf(thread), failureOf(thread)])));
    } catch (error) {
      await Promise.all(threads.map((thread) => thread.terminate()));
      throw error;
    }
    return new VecEnv(setup, sizes, arrays, control, threads);
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
  reset(): Promise<void> {
    return this.#turn("reset");
  }

  /** Steps every environment with `arrays.actions`; ended ones start anew. Rejects with `WorkerFailedError`. */
  step(): Promise<void> {
    return this.#turn("step");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#local?.[Symbol.dispose]();
    if (this.#workers.length === 0) return;
    const exits = this.#workers.map(exitOf);
    this.#control.begin("stop");
    await Promise.all(exits);
  }

  async #turn(operation: "step" | "reset"): Promise<void> {
    const local = this.#local;
    if (local === undefined) {
      if (this.#failure === undefined) await this.#control.completion(this.#control.begin(operation));
      if (this.#failure !== undefined) throw this.#failure;
    } else if (operation === "reset") {
      local.reset(this.arrays);
    } else {
      local.step(this.arrays, this.#control.curriculum);
    }
  }
}

async function sizesOf(setup: VecEnvSetup): Promise<Omit<LayoutSizes, "numEnvs">> {
  using probe = await EnvSlice.create(setup, 0, 1, await Engine.load());
  return probe.sizes;
}

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
