/** The part of a WebSocket that the server side needs; the package `ws` has it as it is. */
export interface HubSocket {
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array, done?: (error?: Error) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Samples wait while so much lies in the send buffer, bytes. */
const HIGH_WATER = 64 * 1024;
/** Samples that may be under way to a client that acknowledges them: at least so many, or what it took in the last second. */
const SMALLEST_WINDOW = 32;

/**
 * The way of samples to one client. A client that keeps up gets them all; for one that does not, the newest sample of
 * each stream waits and replaces the one that waited before, which counts as dropped. Nothing piles up.
 */
export class Outbox {
  readonly #socket: HubSocket;
  readonly #waiting = new Map<string, Uint8Array>();
  readonly #dropped = new Map<string, number>();
  #sent = 0;
  #acknowledged: number | undefined;
  #acknowledgedNs = 0;
  #window = Number.POSITIVE_INFINITY;

  constructor(socket: HubSocket) {
    this.#socket = socket;
  }

  /** Sample frames that went out. */
  get sent(): number {
    return this.#sent;
  }

  /** Samples that the client did not get, by stream. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  get droppedInAll(): number {
    let sum = 0;
    for (const count of this.#dropped.values()) sum += count;
    return sum;
  }

  /** Sends a sample, or keeps it until there is room. */
  offer(stream: string, frame: Uint8Array): void {
    if (this.#hasRoom && this.#waiting.size === 0) {
      this.#send(frame);
      return;
    }
    if (this.#waiting.has(stream)) this.#dropped.set(stream, (this.#dropped.get(stream) ?? 0) + 1);
    this.#waiting.set(stream, frame);
  }

  /** The client says how many samples it has received. */
  acknowledge(received: number, nowNs: number): void {
    if (received > this.#sent) return;
    const seconds = (nowNs - this.#acknowledgedNs) / 1e9;
    if (this.#acknowledged !== undefined && seconds > 0.02) {
      const perSecond = (received - this.#acknowledged) / seconds;
      this.#window = Math.max(SMALLEST_WINDOW, perSecond);
    }
    this.#acknowledged = received;
    this.#acknowledgedNs = nowNs;
    this.flush();
  }

  /** Sends what waits as far as there is room. */
  flush(): void {
    for (const [stream, frame] of this.#waiting) {
      if (!this.#hasRoom) return;
      this.#waiting.delete(stream);
      this.#send(frame);
    }
  }

  /** Forgets samples of a world that is gone. */
  clear(): void {
    this.#waiting.clear();
  }

  get #hasRoom(): boolean {
    const underWay = this.#acknowledged === undefined ? 0 : this.#sent - this.#acknowledged;
    return this.#socket.bufferedAmount < HIGH_WATER && underWay < this.#window;
  }

  #send(frame: Uint8Array): void {
    this.#sent++;
    this.#socket.send(frame, this.#onSent);
  }

  readonly #onSent = (): void => {
    if (this.#waiting.size > 0) this.flush();
  };
}
