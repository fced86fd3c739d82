import type { RobotSpec } from "../../sim/index.ts";
import type { SentCommand } from "../robot-link.ts";
import type { RobotState } from "../robot-state.ts";
import { PHASE_REQUESTS, type PhaseRequest } from "../safety/phase.ts";
import {
  copyTargetChunk,
  createTargetChunk,
  MAX_CHUNK_POINTS,
  type TargetChunk,
} from "../safety/target-chunk.ts";
import { readSample, sampleSize, writeSample } from "./sample-layout.ts";

/** Samples that are kept for a reader who is late: half a second at 500 Hz. */
const SLOTS = 256;
const REQUEST_SLOTS = 16;

/** Words that both sides see. */
const WORD = {
  end: 0,
  stops: 1,
  losses: 2,
  requests: 3,
  chunk: 4,
  head: 5,
  restarts: 6,
  heartbeat: 7,
  missed: 8,
  ticks: 9,
  urgent: 10,
  recentWorst: 11,
};
const REQUEST_WORDS = 12;
const BIN_WORDS = REQUEST_WORDS + REQUEST_SLOTS;
/** Bins of how late a tick began: 10 us each, the last for all that is later. */
const LATENESS_BINS = 2001;
const LATENESS_BIN_SECONDS = 1e-5;
const WORDS = BIN_WORDS + LATENESS_BINS + 1; // an even number, so that the floats behind are aligned
const FLOATS = { busy: 0, worst: 1 } as const;

/**
 * What the motor loop's thread shares with its owner: words, the newest chunk of targets, and the last samples. Neither
 * side ever waits for the other; a writer that is read too slowly overwrites, and the reader notices.
 */
export class LoopChannel {
  readonly buffer: SharedArrayBuffer;
  readonly #robot: Pick<RobotSpec, "joints">;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #chunk: TargetChunk;
  readonly #chunkMeta: Float64Array;
  readonly #samples: Float64Array;
  readonly #size: number;
  /** Owner: samples read so far. Loop: chunk, requests and events seen. */
  #tail = 0;
  #seen = { chunk: 0, stops: 0, losses: 0, requests: 0, restarts: 0, urgent: 0 };
  /** Samples that were overwritten before this reader came. */
  lostSamples = 0;

  constructor(robot: Pick<RobotSpec, "joints">, buffer?: SharedArrayBuffer) {
    const joints = robot.joints.length;
    const size = sampleSize(robot);
    const points = MAX_CHUNK_POINTS;
    const chunkFloats = 2 + points + 3 * points * joints + 2 * joints;
    const bytes = 4 * WORDS + 8 * (2 + chunkFloats + SLOTS * size);
    this.buffer = buffer ?? new SharedArrayBuffer(bytes);
    this.#robot = robot;
    this.#size = size;
    let at = 0;
    const floats = (count: number) => {
      const view = new Float64Array(this.buffer, at, count);
      at += 8 * count;
      return view;
    };
    this.#words = new Int32Array(this.buffer, 0, WORDS);
    at = 4 * WORDS;
    this.#floats = floats(2);
    this.#chunkMeta = floats(2);
    this.#chunk = {
      ...createTargetChunk({ joints: [] }),
      time: floats(points),
      q: floats(points * joints),
      dq: floats(points * joints),
      tau: floats(points * joints),
      kp: floats(joints),
      kd: floats(joints),
    };
    this.#samples = floats(SLOTS * size);
  }

  // The owner's side.

  /** Offers a chunk; the newest one wins. */
  offer(chunk: TargetChunk): void {
    Atomics.add(this.#words, WORD.chunk, 1); // odd: being written
    copyTargetChunk(chunk, this.#chunk);
    this.#chunkMeta[0] = chunk.sequence;
    this.#chunkMeta[1] = chunk.count;
    Atomics.add(this.#words, WORD.chunk, 1);
    this.#wake();
  }

  request(request: PhaseRequest): void {
    const at = Atomics.load(this.#words, WORD.requests);
    Atomics.store(this.#words, REQUEST_WORDS + (at % REQUEST_SLOTS), PHASE_REQUESTS.indexOf(request));
    Atomics.store(this.#words, WORD.requests, at + 1);
  }

  stop(): void {
    Atomics.add(this.#words, WORD.stops, 1);
    this.#wake();
  }

  leaseLost(): void {
    Atomics.add(this.#words, WORD.losses, 1);
  }

  restart(): void {
    Atomics.add(this.#words, WORD.restarts, 1);
  }

  /** Says that the owner is alive; the loop damps when it has not been said for a while. */
  beat(): void {
    Atomics.add(this.#words, WORD.heartbeat, 1);
  }

  /** Tells the loop to damp and end. */
  end(): void {
    Atomics.store(this.#words, WORD.end, 1);
    this.#wake();
  }

  /** Calls back in this thread soon after each sample, and no more once the signal is aborted. Nobody polls. */
  async onSample(callback: () => void, signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => Atomics.notify(this.#words, WORD.head), { once: true });
    for (let seen = Atomics.load(this.#words, WORD.head); !signal.aborted; ) {
      await Atomics.waitAsync(this.#words, WORD.head, seen).value;
      seen = Atomics.load(this.#words, WORD.head);
      if (!signal.aborted) callback();
    }
  }

  /** Reads the oldest sample that was not read yet. False where there is none. */
  next(state: RobotState, sent: SentCommand): boolean {
    for (;;) {
      const head = Atomics.load(this.#words, WORD.head);
      if (this.#tail === head) return false;
      const oldest = head - SLOTS + 1; // the slot after the newest may be being written
      if (this.#tail < oldest) {
        this.lostSamples += oldest - this.#tail;
        this.#tail = oldest;
      }
      readSample(this.#samples, (this.#tail % SLOTS) * this.#size, state, sent);
      const wasKept = Atomics.load(this.#words, WORD.head) - this.#tail < SLOTS;
      if (!wasKept) continue;
      this.#tail++;
      return true;
    }
  }

  /** Reads the newest sample and skips those before it. False where there is no new one. */
  newest(state: RobotState, sent: SentCommand): boolean {
    const head = Atomics.load(this.#words, WORD.head);
    if (this.#tail === head) return false;
    this.#tail = Math.max(this.#tail, head - 1);
    return this.next(state, sent);
  }

  // The loop's side.

  get isEnding(): boolean {
    return Atomics.load(this.#words, WORD.end) !== 0;
  }

  get heartbeat(): number {
    return Atomics.load(this.#words, WORD.heartbeat);
  }

  /**
   * Sleeps, for the loop's own thread. True where a chunk, a stop or the end has come since the last call that was true:
   * the sleep then ends early.
   */
  sleep(ms: number): boolean {
    if (Atomics.wait(this.#words, WORD.urgent, this.#seen.urgent, ms) === "timed-out") return false;
    this.#seen.urgent = Atomics.load(this.#words, WORD.urgent);
    return true;
  }

  /** Takes the newest chunk, if there is one that was not taken yet and is not being written just now. */
  takeChunk(out: TargetChunk): boolean {
    const before = Atomics.load(this.#words, WORD.chunk);
    if (before === this.#seen.chunk || before % 2 === 1) return false;
    this.#chunk.sequence = this.#chunkMeta[0];
    this.#chunk.count = Math.min(MAX_CHUNK_POINTS, Math.max(0, this.#chunkMeta[1]));
    copyTargetChunk(this.#chunk, out);
    if (Atomics.load(this.#words, WORD.chunk) !== before) return false; // torn: it comes at the next tick
    this.#seen.chunk = before;
    return true;
  }

  /** The next request that was not taken yet. */
  takeRequest(): PhaseRequest | undefined {
    const { requests } = this.#seen;
    if (Atomics.load(this.#words, WORD.requests) === requests) return undefined;
    this.#seen.requests++;
    return PHASE_REQUESTS[Atomics.load(this.#words, REQUEST_WORDS + (requests % REQUEST_SLOTS))];
  }

  /** Whether something has happened since the last call. */
  has(event: "stops" | "losses" | "restarts"): boolean {
    const count = Atomics.load(this.#words, WORD[event]);
    if (count === this.#seen[event]) return false;
    this.#seen[event] = count;
    return true;
  }

  publish(state: RobotState, sent: SentCommand): void {
    const head = Atomics.load(this.#words, WORD.head);
    writeSample(state, sent, this.#samples, (head % SLOTS) * this.#size);
    Atomics.store(this.#words, WORD.head, head + 1);
    Atomics.notify(this.#words, WORD.head);
  }

  /** Counts a tick that began so late and took so long, s. */
  count(late: number, busy: number, isMissed: boolean): void {
    const bin = Math.min(LATENESS_BINS - 1, Math.max(0, Math.floor(late / LATENESS_BIN_SECONDS)));
    Atomics.add(this.#words, BIN_WORDS + bin, 1);
    Atomics.add(this.#words, WORD.ticks, 1);
    if (isMissed) Atomics.add(this.#words, WORD.missed, 1);
    this.#floats[FLOATS.busy] += busy;
    if (late > this.#floats[FLOATS.worst]) this.#floats[FLOATS.worst] = late;
    const micros = Math.ceil(1e6 * late);
    if (micros > Atomics.load(this.#words, WORD.recentWorst))
      Atomics.store(this.#words, WORD.recentWorst, micros);
  }

  // Both sides.

  /** How late the worst tick began since the last call, s; to 1 us. */
  takeWorst(): number {
    return Atomics.exchange(this.#words, WORD.recentWorst, 0) / 1e6;
  }

  /** How punctual the loop has been. */
  get report(): LoopReport {
    const bins = this.#words.subarray(BIN_WORDS, BIN_WORDS + LATENESS_BINS);
    const ticks = Atomics.load(this.#words, WORD.ticks);
    const late = (share: number) => {
      let sum = 0;
      const bin = bins.findIndex((count) => (sum += count) >= share * ticks);
      return Math.max(0, bin + 1) * LATENESS_BIN_SECONDS;
    };
    return {
      ticks,
      missed: Atomics.load(this.#words, WORD.missed),
      lateP50: late(0.5),
      lateP99: late(0.99),
      lateMax: this.#floats[FLOATS.worst],
      busySeconds: this.#floats[FLOATS.busy],
    };
  }

  get robot(): Pick<RobotSpec, "joints"> {
    return this.#robot;
  }

  #wake(): void {
    Atomics.add(this.#words, WORD.urgent, 1);
    Atomics.notify(this.#words, WORD.urgent);
  }
}

/** How punctual a motor loop has been; s. */
export interface LoopReport {
  readonly ticks: number;
  /** Ticks that ended after the next one should have begun. */
  readonly missed: number;
  /** How late ticks began; to 10 us, upwards. */
  readonly lateP50: number;
  readonly lateP99: number;
  readonly lateMax: number;
  /** Time spent in ticks, in all. */
  readonly busySeconds: number;
}
