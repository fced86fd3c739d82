import type { Environment } from "../env.ts";

const ROW = 0;
const SEQUENCE = 1;
const PUSH = 2;
const STATE_LENGTH = 3;
const REWARD_LENGTH = 4;
const REFERENCE_LENGTH = 5;
const INTS = 6;
const PUSH_LENGTH = 3;
/** Row, step, time, whether it ended by a fall, and the velocity command. */
const FACTS = 7;
/** Room for the physics state, reference angles and reward terms of one environment. */
const ROOM = 8192;

/** A moment of the environment that is looked into. */
export interface PeekedMoment {
  readonly row: number;
  readonly step: number;
  readonly time: number;
  readonly terminated: boolean;
  /** vx, vy, yaw rate. */
  readonly command: Float64Array;
  /** As `Simulation.save` returns it. */
  readonly state: Float64Array;
  /** Reference angles, rad, in the robot's order. */
  readonly reference: Float64Array;
  /** Weighted reward terms of the last step. */
  readonly rewardTerms: Float64Array;
}

/**
 * A window into one environment of a batch, in shared memory: whoever watches chooses which one and may push it; the
 * worker that steps it writes what it looks like. Costs one read of memory for each environment that nobody watches.
 */
export class PeekBlock {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #push: Float64Array;
  readonly #moment: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * INTS + 8 * (PUSH_LENGTH + ROOM))) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, INTS);
    this.#push = new Float64Array(buffer, 4 * INTS, PUSH_LENGTH);
    this.#moment = new Float64Array(buffer, 4 * INTS + 8 * PUSH_LENGTH, ROOM);
  }

  /** Watcher: chooses an environment; undefined looks at none. */
  watch(row: number | undefined): void {
    Atomics.store(this.#words, ROW, row === undefined ? 0 : row + 1);
  }

  /** Watcher: shoves the watched environment's pelvis after its next step, world, m/s. */
  push(velocity: ArrayLike<number>): void {
    this.#push.set(velocity);
    Atomics.store(this.#words, PUSH, 1);
  }

  /** Watcher: the newest moment, copied; undefined where there is none since `seen`. */
  read(seen: number): { readonly sequence: number; readonly moment: PeekedMoment } | undefined {
    const sequence = Atomics.load(this.#words, SEQUENCE);
    if (sequence === seen || sequence % 2 === 1) return undefined;
    const moment = this.#copy();
    return Atomics.load(this.#words, SEQUENCE) === sequence ? { sequence, moment } : undefined;
  }

  /** Worker: after a step of the environment in a row, before it starts anew. */
  show(row: number, env: Environment): void {
    if (Atomics.load(this.#words, ROW) !== row + 1) return;
    if (Atomics.exchange(this.#words, PUSH, 0) === 1)
      env.plant.kick([this.#push[0], this.#push[1], this.#push[2]]);
    Atomics.add(this.#words, SEQUENCE, 1); // odd while it is written
    this.#write(row, env);
    Atomics.add(this.#words, SEQUENCE, 1);
  }

  #write(row: number, { plant, terminated, rewardTerms }: Environment): void {
    const { truth, simulation } = plant;
    const moment = this.#moment;
    const { stateSize } = simulation;
    if (FACTS + stateSize + truth.reference.length + rewardTerms.length > ROOM) return;
    moment.set([row, truth.step, truth.time, Number(terminated), ...truth.command]);
    let at = FACTS;
    simulation.saveInto(moment.subarray(at, (at += stateSize)));
    moment.set(truth.reference, at);
    moment.set(rewardTerms, at + truth.reference.length);
    this.#words[STATE_LENGTH] = stateSize;
    this.#words[REFERENCE_LENGTH] = truth.reference.length;
    this.#words[REWARD_LENGTH] = rewardTerms.length;
  }

  #copy(): PeekedMoment {
    const [row, step, time, terminated] = this.#moment;
    let at = FACTS;
    const take = (length: number) => this.#moment.slice(at, (at += length));
    return {
      row,
      step,
      time,
      terminated: terminated === 1,
      command: this.#moment.slice(4, FACTS),
      state: take(this.#words[STATE_LENGTH]),
      reference: take(this.#words[REFERENCE_LENGTH]),
      rewardTerms: take(this.#words[REWARD_LENGTH]),
    };
  }
}
