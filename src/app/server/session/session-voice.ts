import { FRAME_FLAG, type ServerMessage } from "../../../wire/index.ts";
import type { SampledStream } from "./plant-streams.ts";
import type { FromSession } from "./session-link.ts";

type RobotStateMessage = ServerMessage & { op: "robotState" };

/** What a session's thread says, stamped with the server's clock; of streams only what somebody watches. */
export class SessionVoice {
  /** Names of the streams that are watched. */
  watched: ReadonlySet<string> = new Set();
  readonly tell: (message: FromSession) => void;
  readonly #startNs: bigint;
  #hasJumped = true;

  /** @param startNs `process.hrtime` at which the server's clock is zero, ns */
  constructor(tell: (message: FromSession) => void, startNs: bigint) {
    this.tell = tell;
    this.#startNs = startNs;
  }

  /** The server's clock, ns. */
  nowNs(): number {
    return Number(process.hrtime.bigint() - this.#startNs);
  }

  broadcast(message: ServerMessage): void {
    this.tell({ op: "broadcast", message });
  }

  note(level: "info" | "error", text: string): void {
    this.broadcast({ op: "event", level, text, timeNs: this.nowNs() });
  }

  robotState(state: RobotStateMessage["state"], fault: RobotStateMessage["fault"] = null): void {
    this.broadcast({ op: "robotState", state, fault, timeNs: this.nowNs() });
  }

  /** The world is not where it was: nobody is to draw a line between the last sample and the next. */
  jump(): void {
    this.#hasJumped = true;
  }

  /** A sample of each of these streams that is watched. */
  show(streams: readonly SampledStream[]): void {
    const samples = streams
      .filter(({ plan }) => this.watched.has(plan.name))
      .map(({ plan, sample }) => [plan.name, sample()] as const);
    if (samples.length === 0) return;
    const flags = this.#hasJumped ? FRAME_FLAG.discontinuity : 0;
    this.#hasJumped = false;
    this.tell({ op: "samples", timeNs: this.nowNs(), flags, samples });
  }

  /** One sample between steps, made only where the stream is watched. */
  publish(stream: string, sample: () => Float32Array): void {
    if (!this.watched.has(stream)) return;
    this.tell({ op: "samples", timeNs: this.nowNs(), flags: 0, samples: [[stream, sample()]] });
  }
}
