import { MOTOR_PERIOD } from "./motor-loop.ts";

/** What a pace needs of the thread that it is in. */
export interface PaceClock {
  /** s, monotonic */
  now(): number;
  /** Sleeps for so many ms at most; true where something urgent ended the sleep. */
  sleep(ms: number): boolean;
}

/** A tick that something urgent brings forward comes no nearer behind the one before, s. */
const LEAST_PERIOD = MOTOR_PERIOD / 2;
/** So late, the loop lets the time go instead of hurrying after it, s. */
const GIVE_UP = 0.02;
/** So early is in time, s: no sleep is as short. */
const EARLY = 0.00002;

/**
 * When the motor loop ticks: 2 ms after the tick before, in the long run exactly, and sooner where a command comes in
 * between, so that no command waits for a clock that knows nothing of it. Writes are at most 2 ms apart, and at least 1 ms.
 */
export class TickPace {
  readonly #clock: PaceClock;
  #due: number;
  #begun = Number.NEGATIVE_INFINITY;

  constructor(clock: PaceClock) {
    this.#clock = clock;
    this.#due = clock.now();
  }

  /**
   * Waits for the next tick. Returns when it begins, s. Sleeps to the end: each reading of the clock is garbage, and a
   * spin of 0.1 ms left so much that collecting it made a tick 1 ms late twice in three seconds.
   */
  begin(): number {
    const { now, sleep } = this.#clock;
    for (let early = this.#due - now(); early > EARLY; early = this.#due - now())
      if (sleep(1000 * early)) this.#due = Math.min(this.#due, Math.max(now(), this.#begun + LEAST_PERIOD));
    this.#begun = now();
    return this.#begun;
  }

  /** Ends the tick, and tells how it went: how late it began and how long it took, s. */
  end(count: (late: number, busy: number, isMissed: boolean) => void): void {
    const done = this.#clock.now();
    const [due, begun] = [this.#due, this.#begun];
    count(begun - due, done - begun, done > due + MOTOR_PERIOD);
    this.#due = done - due > GIVE_UP ? done : due + MOTOR_PERIOD;
  }
}
