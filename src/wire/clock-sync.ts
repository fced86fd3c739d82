/** One exchange of `ping` and `pong`, all in ns. */
export interface ClockExchange {
  /** Client clock when the ping left and when the pong came. */
  readonly clientSent: number;
  readonly clientReceived: number;
  /** Server clock when the ping came and when the pong left. */
  readonly serverReceived: number;
  readonly serverSent: number;
}

/** Exchanges that are remembered: the quickest of them tells the offset. */
const WINDOW = 16;

/**
 * Estimates the server's clock from pings, as NTP does: half the round trip is taken for each way, and the quickest of
 * the last 16 exchanges counts, because waiting in queues only ever adds. The error is at most half that round trip.
 */
export class ClockSync {
  readonly #recent: { offset: number; roundTrip: number }[] = [];

  add({ clientSent, clientReceived, serverReceived, serverSent }: ClockExchange): void {
    const roundTrip = Math.max(0, clientReceived - clientSent - (serverSent - serverReceived));
    const offset = (serverReceived - clientSent + (serverSent - clientReceived)) / 2;
    this.#recent.push({ offset, roundTrip });
    if (this.#recent.length > WINDOW) this.#recent.shift();
  }

  /** Forgets everything: another server, another clock. */
  reset(): void {
    this.#recent.length = 0;
  }

  get isSynchronised(): boolean {
    return this.#recent.length > 0;
  }

  /** Server clock minus client clock, ns; NaN before the first exchange. */
  get offsetNs(): number {
    return this.#best?.offset ?? Number.NaN;
  }

  /** Round trip of the last exchange, ns; NaN before the first. */
  get roundTripNs(): number {
    return this.#recent.at(-1)?.roundTrip ?? Number.NaN;
  }

  /** The server's time for a time of the client, ns. */
  toServer(clientNs: number): number {
    return clientNs + this.offsetNs;
  }

  /** The client's time for a time of the server, ns. */
  toClient(serverNs: number): number {
    return serverNs - this.offsetNs;
  }

  get #best(): { offset: number; roundTrip: number } | undefined {
    return this.#recent.reduce<{ offset: number; roundTrip: number } | undefined>(
      (best, exchange) => (best === undefined || exchange.roundTrip < best.roundTrip ? exchange : best),
      undefined,
    );
  }
}
