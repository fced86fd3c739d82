/** Who a client is to others. */
export interface ClientIdentity {
  readonly clientId: string;
  readonly name: string;
}

/** What came of asking for control. `waiting`: the holder has been asked. */
export type AcquireOutcome = "granted" | "waiting" | "held" | "busy";

/** Somebody who waits for control, and when it passes. */
export interface TakeOver {
  readonly client: ClientIdentity;
  readonly atNs: number;
}

/**
 * Who may control: one client at a time, for as long as it keeps saying something. Knows no sockets and no clock; whoever
 * calls it passes the time, ns.
 */
export class Lease {
  readonly #leaseNs: number;
  readonly #graceNs: number;
  #holder: ClientIdentity | undefined;
  #lapsesNs = 0;
  #takeOver: TakeOver | undefined;

  /**
   * @param leaseNs silence after which control lapses
   * @param graceNs how long a holder may deny somebody who wants to take over
   */
  constructor(leaseNs: number, graceNs: number) {
    this.#leaseNs = leaseNs;
    this.#graceNs = graceNs;
  }

  get holder(): ClientIdentity | undefined {
    return this.#holder;
  }

  get takeOver(): TakeOver | undefined {
    return this.#takeOver;
  }

  isHeldBy(client: ClientIdentity): boolean {
    return this.#holder?.clientId === client.clientId;
  }

  acquire(client: ClientIdentity, wantsTakeOver: boolean, nowNs: number): AcquireOutcome {
    if (this.#holder === undefined || this.isHeldBy(client)) {
      this.#grant(client, nowNs);
      return "granted";
    }
    if (!wantsTakeOver) return "held";
    if (this.#takeOver !== undefined)
      return this.#takeOver.client.clientId === client.clientId ? "waiting" : "busy";
    this.#takeOver = { client, atNs: nowNs + this.#graceNs };
    return "waiting";
  }

  /** The holder has said something. */
  renew(client: ClientIdentity, nowNs: number): void {
    if (this.isHeldBy(client)) this.#lapsesNs = nowNs + this.#leaseNs;
  }

  /** Ends what a client holds or waits for. */
  release(client: ClientIdentity, nowNs: number): void {
    if (this.#takeOver?.client.clientId === client.clientId) this.#takeOver = undefined;
    if (this.isHeldBy(client)) this.#pass(nowNs);
  }

  /** The holder keeps control; returns who wanted it. */
  deny(holder: ClientIdentity): ClientIdentity | undefined {
    if (!this.isHeldBy(holder)) return undefined;
    const refused = this.#takeOver?.client;
    this.#takeOver = undefined;
    return refused;
  }

  /** Lets time have its effect: a lease that lapsed, a take-over whose time has come. */
  expire(nowNs: number): void {
    const isDue = this.#takeOver !== undefined && nowNs >= this.#takeOver.atNs;
    if (this.#holder !== undefined && (isDue || nowNs >= this.#lapsesNs)) this.#pass(nowNs);
  }

  #pass(nowNs: number): void {
    const next = this.#takeOver?.client;
    this.#holder = undefined;
    this.#takeOver = undefined;
    if (next !== undefined) this.#grant(next, nowNs);
  }

  #grant(client: ClientIdentity, nowNs: number): void {
    this.#holder = client;
    this.#lapsesNs = nowNs + this.#leaseNs;
  }
}
