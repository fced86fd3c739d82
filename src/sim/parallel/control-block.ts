import type { Curriculum } from "../curriculum.ts";

/** What a worker is told to do next. */
export const OPERATION = { step: 0, reset: 1, stop: 2 } as const;
export type Operation = keyof typeof OPERATION;

/** Turns begun, and turns complete. */
const TURN = 0;
const COMPLETE = 1;
/** For each turn that may be under way: what is to be done, for which part, and how many workers have finished. */
const TURNS = 2;
const WHAT = 0;
const PART = 1;
const FINISHED = 2;
const WORDS = 3;
/** Two parts may be stepping while the workers are told to stop; a power of two. */
const SLOTS = 4;
const INTS = TURNS + WORDS * SLOTS;
const CURRICULUM = 19;

/** The part that is all environments. */
export const ALL = -1;

const wordOf = (turn: number, word: number): number => TURNS + (turn % SLOTS) * WORDS + word;

/** What a worker is told to do. */
export interface Turn {
  readonly turn: number;
  readonly operation: number;
  readonly part: number;
}

/**
 * The few shared words by which a vectorised environment and its workers take turns: no message per step. The owner
 * writes an operation and begins a turn, before the one before it has ended if it likes; each worker does its share of each in order
 * and reports; the last one wakes the owner.
 */
export class ControlBlock {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #curriculum: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * INTS + 8 * CURRICULUM)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, INTS);
    this.#curriculum = new Float64Array(buffer, 4 * INTS, CURRICULUM);
  }

  /** Owner: starts a turn and returns its number. No more than three may be under way. */
  begin(operation: Operation, part = ALL): number {
    const turn = Atomics.load(this.#words, TURN) + 1;
    Atomics.store(this.#words, wordOf(turn, WHAT), OPERATION[operation]);
    Atomics.store(this.#words, wordOf(turn, PART), part);
    Atomics.store(this.#words, wordOf(turn, FINISHED), 0);
    Atomics.store(this.#words, TURN, turn);
    Atomics.notify(this.#words, TURN);
    return turn;
  }

  /** Owner: resolves when all workers have finished the turn, or it was abandoned. */
  async completion(turn: number): Promise<void> {
    for (;;) {
      const complete = Atomics.load(this.#words, COMPLETE);
      if (complete >= turn) return;
      const wait = Atomics.waitAsync(this.#words, COMPLETE, complete);
      if (wait.async) await wait.value;
    }
  }

  /** Owner: ends the turns under way without their workers, because one has failed or all have stopped. */
  abandon(): void {
    Atomics.store(this.#words, COMPLETE, Atomics.load(this.#words, TURN));
    Atomics.notify(this.#words, COMPLETE);
  }

  /** Worker: sleeps until the turn after `seen` has begun. */
  awaitTurn(seen: number): Turn {
    while (Atomics.load(this.#words, TURN) === seen) Atomics.wait(this.#words, TURN, seen);
    const turn = seen + 1;
    return {
      turn,
      operation: Atomics.load(this.#words, wordOf(turn, WHAT)),
      part: Atomics.load(this.#words, wordOf(turn, PART)),
    };
  }

  /** Worker: says that its share of the turn is done. */
  finish(turn: number, workers: number): void {
    if (Atomics.add(this.#words, wordOf(turn, FINISHED), 1) + 1 < workers) return;
    Atomics.store(this.#words, COMPLETE, turn);
    Atomics.notify(this.#words, COMPLETE);
  }

  /** Owner: what environments read at their next resets. Call between turns. */
  set curriculum(value: Curriculum) {
    const { commands, pushes } = value;
    this.#curriculum.set([
      ...commands.vx,
      ...commands.vy,
      ...commands.yawRate,
      commands.resampleSeconds,
      commands.deadZone,
      commands.standShare,
      commands.singleShare,
      commands.fullShare,
      pushes?.everySeconds ?? 0,
      pushes?.speed ?? 0,
      pushes?.shape === "circle" ? 1 : 0,
      value.motionAmplitude,
      value.motionDifficulty,
      value.shaping,
      value.harness,
      value.variety,
    ]);
  }

  get curriculum(): Curriculum {
    const [
      vx0,
      vx1,
      vy0,
      vy1,
      w0,
      w1,
      resampleSeconds,
      deadZone,
      standShare,
      singleShare,
      fullShare,
      everySeconds,
      speed,
      circle,
      motionAmplitude,
      motionDifficulty,
      shaping,
      harness,
      variety,
    ] = this.#curriculum;
    return {
      commands: {
        vx: [vx0, vx1],
        vy: [vy0, vy1],
        yawRate: [w0, w1],
        resampleSeconds,
        deadZone,
        standShare,
        singleShare,
        fullShare,
      },
      pushes:
        everySeconds > 0 ? { everySeconds, speed, shape: circle === 1 ? "circle" : "square" } : undefined,
      motionAmplitude,
      motionDifficulty,
      shaping,
      harness,
      variety,
    };
  }
}
