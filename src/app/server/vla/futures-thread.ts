import type { Worker } from "node:worker_threads";
import { spawnWorker } from "../../../sim/node.ts";
import type { EnvironmentSetup } from "../../../vla/node.ts";
import type { FuturesQuestion } from "./foreseer.ts";

/** Who hears of futures. */
export interface FuturesAnswers {
  /** Given rows of the stream `futures`. */
  readonly take: (rows: Float32Array) => void;
  /** Told why none can be had. */
  readonly failed: (problem: string) => void;
}

/**
 * The copy of a simulation in which candidates are carried out, on a thread of its own, so that the first one goes on
 * meanwhile. Of questions that wait the newest is answered. Hold it with `await using`.
 */
export class FuturesThread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #ended: Promise<unknown>;
  #isBusy = false;
  #waiting: FuturesQuestion | undefined;

  constructor(setup: EnvironmentSetup, { take, failed }: FuturesAnswers) {
    this.#worker = spawnWorker(new URL("./futures.worker", import.meta.url), setup);
    this.#ended = new Promise((resolve) => this.#worker.on("exit", resolve));
    this.#worker.on("error", ({ message }) => failed(message));
    this.#worker.on("message", (answer: { rows: Float32Array } | { problem: string }) => {
      if ("rows" in answer) take(answer.rows);
      else failed(answer.problem);
      this.#isBusy = false;
      this.#next();
    });
  }

  ask(question: FuturesQuestion): void {
    this.#waiting = question;
    this.#next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker.postMessage("end");
    await this.#ended;
  }

  #next(): void {
    const question = this.#waiting;
    if (this.#isBusy || question === undefined) return;
    this.#isBusy = true;
    this.#waiting = undefined;
    this.#worker.postMessage(question);
  }
}
