import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../../src/common/index.ts";
import { openBridge } from "./our-bridge.ts";
import { stolenSeconds } from "./processes.ts";
import { openRelay } from "./their-relay.ts";

/** How punctual a motor loop has been since it began, as it said last; the worst since the last call. */
export interface LoopCounts {
  /** When that was, s. */
  readonly seconds: number;
  readonly ticks: number;
  readonly missed: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

/** Counts beside what the machine under the loop did. */
export interface WatchedCounts extends LoopCounts {
  /** Missed between two words of the loop between which the host took processor time away. */
  readonly missedRobbed: number;
  /** Processor time that the host took away, of all cores, s. */
  readonly stolenSeconds: number;
}

/** Keeps what a loop says of itself, about each second. */
export class LoopWatch {
  #counts: LoopCounts | undefined;
  #worst = 0;
  #missedRobbed = 0;
  #stolen = stolenSeconds();

  hear(counts: LoopCounts): void {
    const stolen = stolenSeconds();
    if (stolen > this.#stolen) this.#missedRobbed += counts.missed - (this.#counts?.missed ?? 0);
    this.#stolen = stolen;
    this.#counts = counts;
    this.#worst = Math.max(this.#worst, counts.lateMaxMs);
  }

  /** The newest counts; the worst since the last call. */
  take(): WatchedCounts {
    if (this.#counts === undefined) throw new Error("The motor loop has not said how punctual it is.");
    const watched = { missedRobbed: this.#missedRobbed, stolenSeconds: this.#stolen };
    const taken = { ...this.#counts, ...watched, lateMaxMs: this.#worst };
    this.#worst = 0;
    return taken;
  }
}

/** A way from a controller in this process to a robot on DDS. */
export interface Way extends AsyncDisposable {
  /** Targets sent so far; they are numbered from 1. */
  readonly sent: number;
  send(): void;
  /** Hears numbers of targets that were written to the motors. */
  answered: (sequence: number) => void;
  readonly loop: LoopWatch;
  /** Processor time so far of what is between controller and robot, s. */
  readonly cpuSeconds: number;
  /** Throws where the robot does not follow any more. */
  check(): void;
}

/** What one way did. */
export interface Run {
  readonly seconds: number;
  readonly sent: number;
  /** ms */
  readonly roundTrips: {
    readonly count: number;
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
  readonly loop: WatchedCounts;
  /** Share of a core. */
  readonly cpu: number;
}

const WARM_UP_SECONDS = 10;

/** Our bridge, its motor loop before all other work of the machine as far as the flags ask for that. */
export const measureBridge = (seconds: number, scheduling: readonly string[]): Promise<Run> =>
  measure(() => openBridge(scheduling), seconds);

/** A relay made of Unitree's Python SDK. */
export const measureRelay = (seconds: number): Promise<Run> => measure(openRelay, seconds);

async function measure(open: () => Promise<Way>, seconds: number): Promise<Run> {
  await using way = await open();
  await steadily(WARM_UP_SECONDS, () => way.send());
  way.check();
  const trips = new RoundTrips();
  way.answered = (sequence) => trips.answered(sequence);
  const [before, cpu] = [way.loop.take(), way.cpuSeconds];
  const measured = await steadily(seconds, () => {
    trips.leaves(way.sent + 1);
    way.send();
  });
  const used = way.cpuSeconds - cpu;
  way.check();
  const after = way.loop.take();
  return {
    seconds: measured,
    sent: trips.sent,
    roundTrips: trips.result,
    loop: {
      ...after,
      seconds: after.seconds - before.seconds,
      ticks: after.ticks - before.ticks,
      missed: after.missed - before.missed,
      missedRobbed: after.missedRobbed - before.missedRobbed,
      stolenSeconds: after.stolenSeconds - before.stolenSeconds,
    },
    cpu: used / measured,
  };
}

/** Calls 500 times a second; returns how long it really took, s. */
async function steadily(seconds: number, act: () => void): Promise<number> {
  const start = performance.now();
  const end = start + 1000 * seconds;
  for (let due = start; due < end; due = Math.max(due + PERIOD_MS, performance.now() - PATIENCE_MS)) {
    act();
    const wait = due + PERIOD_MS - performance.now();
    if (wait > 0) await sleep(wait);
    else await sleep(0);
  }
  return (performance.now() - start) / 1000;
}

const PERIOD_MS = 2;
/** So far behind, a controller lets the time go. */
const PATIENCE_MS = 10;
const REMEMBERED = 8192;

/** When targets left, and how long after that the word came that they were written. */
class RoundTrips {
  sent = 0;
  readonly #left = new Float64Array(REMEMBERED);
  readonly #ms: number[] = [];
  #newest = 0;
  #answered = Number.POSITIVE_INFINITY;

  leaves(sequence: number): void {
    if (this.sent++ === 0) this.#answered = sequence - 1;
    this.#left[sequence % REMEMBERED] = performance.now();
    this.#newest = sequence;
  }

  answered(sequence: number): void {
    if (sequence <= this.#answered || sequence > this.#newest) return;
    this.#answered = sequence;
    this.#ms.push(performance.now() - this.#left[sequence % REMEMBERED]);
  }

  get result(): Run["roundTrips"] {
    const ms = Float64Array.from(this.#ms);
    const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => quantile(ms, share));
    return { count: ms.length, p50, p99, p999, max: quantile(ms, 1) };
  }
}
