import type { Timing } from "./plant-streams.ts";

/** What is run in real time: one step at a time, never two at once. */
export interface Paced {
  /** Simulated seconds of a step. */
  readonly stepSeconds: number;
  /** Does what has been asked for since the last step. */
  prepare(): Promise<void>;
  step(): Promise<void>;
}

/** Behind by so much, the rest is forgiven instead of caught up with, ms. */
const MOST_DEBT_MS = 100;
/** Over how long the real-time factor is measured, ms. */
const MEASURE_MS = 1000;

/** Runs steps in time with a clock, paused or at any speed, until it is ended. */
export class Pacer implements Timing {
  realTimeFactor = 0;
  lateMs = 0;
  speed = 1;
  readonly #paced: Paced;
  readonly #nowMs: () => number;
  #isPaused = false;
  #isEnded = false;
  /** Steps to run although it is paused. */
  #owed = 0;
  #wake: (() => void) | undefined;
  #dueMs = 0;
  #measuredMs = 0;
  #measuredSteps = 0;

  constructor(paced: Paced, nowMs: () => number) {
    this.#paced = paced;
    this.#nowMs = nowMs;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused;
    this.#owed = 0;
    this.wake();
  }

  /** Runs so many more steps although it is paused. */
  owe(steps: number): void {
    this.#owed += steps;
    this.wake();
  }

  /** Something is to be done: ends a wait. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  end(): void {
    this.#isEnded = true;
    this.wake();
  }

  async run(): Promise<void> {
    this.#dueMs = this.#measuredMs = this.#nowMs();
    while (!this.#isEnded) {
      await this.#paced.prepare();
      if (this.#isEnded) return;
      if (this.#isPaused && this.#owed === 0) await this.#sleep();
      else if (await this.#isDue()) await this.#step();
    }
  }

  async #step(): Promise<void> {
    if (this.#isPaused) this.#owed--;
    await this.#paced.step();
    this.#dueMs += (1000 * this.#paced.stepSeconds) / this.speed;
    this.#measuredSteps++;
    this.#measure();
  }

  /** Waits for the next step's time; false where it was woken before, to look again at what there is to do. */
  async #isDue(): Promise<boolean> {
    const late = this.#nowMs() - this.#dueMs;
    if (late > MOST_DEBT_MS) this.#dueMs = this.#nowMs();
    if (late >= -0.3) {
      this.lateMs = Math.max(0, late);
      if (late > 1) await new Promise((resolve) => setImmediate(resolve)); // lets messages in
      return true;
    }
    await this.#sleep(Math.min(1000, -late));
    return false;
  }

  /** Sleeps until it is woken, or for some ms. */
  async #sleep(ms?: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#wake = undefined;
    if (ms !== undefined) return;
    this.#dueMs = this.#measuredMs = this.#nowMs();
    this.#measuredSteps = 0;
    this.realTimeFactor = 0;
  }

  #measure(): void {
    const elapsed = this.#nowMs() - this.#measuredMs;
    if (elapsed < MEASURE_MS) return;
    this.realTimeFactor = (1000 * this.#measuredSteps * this.#paced.stepSeconds) / elapsed;
    this.#measuredMs += elapsed;
    this.#measuredSteps = 0;
  }
}
