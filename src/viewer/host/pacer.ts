/** Wall clock, ms. */
export type NowMs = () => number;

/** What has time steps and pictures. */
export interface Paced {
  readonly stepSeconds: number;
  /** Runs one step; false at the end. */
  advance(): Promise<boolean>;
  /** Shows the world as it is now. */
  show(): void;
}

/** Longest debt that is worked off, s; a tab that slept does not rush through what it missed. */
const MOST_DEBT = 0.1;
/** Shortest time between two pictures, s. */
const SHORTEST_PICTURE = 1 / 70;

/**
 * Runs steps in real time, times a factor: as many as are due, then a picture. One pacer drives one world; it stops at
 * the end, at a pause and at a failure.
 */
export class Pacer {
  isPaused = false;
  speed = 1;
  readonly #now: NowMs;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #world: Paced;
  readonly #fail: (error: unknown) => void;
  #debt = 0;
  #last = 0;
  #lastPicture = 0;
  #isRunning = false;
  #isStopped = false;
  /** One step at a time: pause and step wait for the one under way. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(
    world: Paced,
    options: { now: NowMs; wait: (ms: number) => Promise<void>; fail: (error: unknown) => void },
  ) {
    this.#world = world;
    this.#now = options.now;
    this.#wait = options.wait;
    this.#fail = options.fail;
  }

  /** Begins; returns when it is stopped. */
  async run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#last = this.#now();
    while (!this.#isStopped) {
      if (!this.isPaused) await this.exclusively(() => this.#catchUp());
      else this.#last = this.#now();
      await this.#wait(this.isPaused ? 30 : this.#restMs());
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Ends the step under way and shows the world as it stays. */
  pause(): Promise<void> {
    this.isPaused = true;
    return this.exclusively(() => this.#world.show());
  }

  resume(): void {
    this.isPaused = false;
  }

  /** Runs `count` steps at once and shows the world, whether paused or not. */
  step(count: number): Promise<void> {
    return this.exclusively(async () => {
      for (let i = 0; i < count && (await this.#world.advance()); i++);
      this.#world.show();
    });
  }

  /** Runs something between two steps; what it throws is a failure of the world. */
  exclusively(work: () => Promise<void> | void): Promise<void> {
    const next = this.#tail.then(work).catch((error) => {
      this.isPaused = true;
      this.#fail(error);
    });
    this.#tail = next;
    return next;
  }

  async #catchUp(): Promise<void> {
    const now = this.#now();
    this.#debt = Math.min(MOST_DEBT, this.#debt + ((now - this.#last) / 1000) * this.speed);
    this.#last = now;
    const { stepSeconds } = this.#world;
    let hasMoved = false;
    while (this.#debt >= stepSeconds && !this.isPaused) {
      this.#debt -= stepSeconds;
      hasMoved = true;
      if (!(await this.#world.advance())) {
        this.isPaused = true;
        this.#debt = 0;
      }
    }
    if (!hasMoved) return;
    if (!this.isPaused && now - this.#lastPicture < 1000 * SHORTEST_PICTURE) return;
    this.#lastPicture = now;
    this.#world.show();
  }

  /** Until the next step is due. */
  #restMs(): number {
    return Math.max(0, Math.min(20, (1000 * (this.#world.stepSeconds - this.#debt)) / this.speed));
  }
}
