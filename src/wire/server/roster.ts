import type { ClientMessage } from "../messages/client-message.ts";
import type { Connection } from "./connection.ts";
import type { ClientIdentity } from "./lease.ts";

interface Entry {
  readonly client: ClientIdentity;
  readonly resume: string;
  connection: Connection | undefined;
}

/** Clients that left are remembered for coming back, this many at most. */
const MOST_REMEMBERED = 256;

/** Who is there and who was: ids, the secrets to come back with, and what is told of everybody. */
export class Roster {
  hasChanged = false;
  readonly #secret: () => string;
  readonly #entries = new Map<string, Entry>();
  readonly #reported = new WeakMap<Connection, number>();
  #lastReport = "";
  #count = 0;

  constructor(secret: () => string) {
    this.#secret = secret;
  }

  /** Gives a client its identity: the one it had, where it knows that one's secret. */
  enter(
    connection: Connection,
    { name, resume }: ClientMessage & { op: "hello" },
  ): { client: ClientIdentity; resume: string; earlier: Connection | undefined } {
    const known = resume === undefined ? undefined : this.#entries.get(resume);
    if (known !== undefined) {
      const earlier = known.connection;
      known.connection = connection;
      return { client: known.client, resume: known.resume, earlier };
    }
    const entry = { client: { clientId: `c${++this.#count}`, name }, resume: this.#secret(), connection };
    this.#forgetOldest();
    this.#entries.set(entry.resume, entry);
    return { client: entry.client, resume: entry.resume, earlier: undefined };
  }

  leave(connection: Connection): void {
    for (const entry of this.#entries.values())
      if (entry.connection === connection) entry.connection = undefined;
    this.hasChanged = true;
  }

  /** The connection of a client that is there. */
  find({ clientId }: ClientIdentity): Connection | undefined {
    for (const { client, connection } of this.#entries.values())
      if (client.clientId === clientId) return connection;
    return undefined;
  }

  /** Tells each client what it missed, and all who is there, where that has changed. */
  report(connections: ReadonlySet<Connection>, timeNs: number): void {
    for (const connection of connections) {
      const { sent, dropped, droppedInAll } = connection.outbox;
      if (droppedInAll === (this.#reported.get(connection) ?? 0)) continue;
      this.#reported.set(connection, droppedInAll);
      connection.send({ op: "link", timeNs, sent, dropped: Object.fromEntries(dropped) });
      this.hasChanged = true;
    }
    if (!this.hasChanged) return;
    this.hasChanged = false;
    const clients = [...connections].flatMap(({ client, isSilent, outbox }) =>
      client === undefined ? [] : [{ ...client, isSilent, dropped: outbox.droppedInAll }],
    );
    const report = JSON.stringify({ op: "clients", clients });
    if (report === this.#lastReport) return;
    this.#lastReport = report;
    for (const connection of connections) if (connection.client !== undefined) connection.sendText(report);
  }

  #forgetOldest(): void {
    if (this.#entries.size < MOST_REMEMBERED) return;
    for (const [resume, { connection }] of this.#entries) {
      if (connection !== undefined) continue;
      this.#entries.delete(resume);
      return;
    }
  }
}
