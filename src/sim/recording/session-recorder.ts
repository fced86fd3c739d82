import { UsageError } from "../../common/index.ts";
import type { Plant } from "../plant/plant.ts";
import type { World } from "../world.ts";
import type { RecordingSink } from "./recording-sink.ts";
import { SessionLog } from "./session-log.ts";

/** What neither plant nor policy know of the session that they are part of. */
export interface SessionInfo {
  readonly world: World;
  /** Seed of the session's randomness, for people; a replay does not depend on it. */
  readonly seed: number;
  /** Version of Contrapposto. */
  readonly software: string;
  /** What acts, for people. */
  readonly policy?: string;
}

/**
 * Records everything that is done to a plant, whoever does it, as an MCAP file that replays bit for bit and opens in
 * Foxglove and Lichtblick. It is a rollout's subscriber as it stands; elsewhere call `start` and `end` around the
 * session. Hold it with `await using`, so that the file is whole also when the physics breaks.
 */
export class SessionRecorder implements AsyncDisposable {
  readonly #sink: RecordingSink;
  readonly #info: SessionInfo;
  #log: SessionLog | undefined;
  #isComplete = false;

  constructor(sink: RecordingSink, info: SessionInfo) {
    this.#sink = sink;
    this.#info = info;
  }

  /** Begins with the plant as it is now. Don't step the plant before this resolves. */
  async start(plant: Plant): Promise<void> {
    if (plant.tap !== undefined || this.#log !== undefined) {
      throw new UsageError(
        "This plant is being recorded already.",
        "Use one recorder for each plant and file.",
      );
    }
    this.#log = await SessionLog.start(this.#sink, this.#info, plant);
    plant.tap = this.#log;
  }

  /** Notes a push for people to read. The replay knows of it anyway. */
  step(step: { readonly push?: ArrayLike<number> | undefined }): void {
    if (step.push === undefined) return;
    this.#log?.note(`push by [${Array.from(step.push, (v) => v.toFixed(2)).join(", ")}] m/s`);
  }

  /** Completes the file. A second call does nothing. */
  async end(): Promise<void> {
    const log = this.#log;
    this.#log = undefined;
    if (log === undefined) return;
    await log.end();
    this.#isComplete = true;
  }

  /** A whole recording has been written. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
