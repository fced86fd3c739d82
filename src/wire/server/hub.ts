import { CLOSE_CODE, RefusedError } from "../errors.ts";
import { encodeFrame, FRAME_TYPE, type Frame } from "../frame.ts";
import type { ClientMessage } from "../messages/client-message.ts";
import type { Limits, ServerMessage, ServerOp } from "../messages/server-message.ts";
import { fitsStream, type StreamDeclaration } from "../messages/stream.ts";
import { negotiateVersion, PROTOCOL_VERSIONS } from "../version.ts";
import { Authority } from "./authority.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import type { HubHost } from "./hub-host.ts";
import type { ClientIdentity } from "./lease.ts";
import type { HubSocket } from "./outbox.ts";
import { Roster } from "./roster.ts";
import { type StreamPlan, StreamTable, strideFor } from "./stream-table.ts";

const DEFAULT_LIMITS: Limits = {
  messageBytes: 256 * 1024,
  messagesPerSecond: 1000,
  leaseMs: 1000,
  heartbeatMs: 250,
  silenceMs: 1000,
};

export interface HubOptions {
  /** Name and version, for people. */
  readonly server: string;
  /** Monotonic, from the server's start, ns; may have fractions. */
  readonly nowNs: () => number;
  /** A secret that nobody can guess, new at each call. */
  readonly secret: () => string;
  /** What clients that need one have to present. */
  readonly token?: string | undefined;
  readonly limits?: Partial<Limits>;
  readonly maxClients?: number;
  /** How long a controller may deny a take-over, ms. */
  readonly graceMs?: number;
  /** Hears of errors that are no answer to a client: faults of the server. */
  readonly onFault?: (error: unknown) => void;
}

/** Silence after which a connection is closed, ns. */
const GIVE_UP_NS = 15e9;
/** How long a hello may take, ns. */
const HELLO_NS = 5e9;
/** Refused while the robot is stopped. */
const MOVES: ReadonlySet<ClientMessage["op"]> = new Set([
  "velocity",
  "force",
  "push",
  "transition",
  "remote",
  "instruct",
]);
/** Messages that are remembered and told to whoever comes later. */
const REMEMBERED: ReadonlySet<ServerOp> = new Set([
  "world",
  "streams",
  "catalogue",
  "session",
  "robotState",
  "health",
  "training",
  "layout",
  "vla",
  "decision",
  "control",
  "estop",
]);

/**
 * The server's side of the protocol without its sockets: many clients, one controller, streams to whoever subscribed.
 * Feed each connection what its socket receives, and call `tick` about ten times a second.
 */
export class Hub {
  readonly limits: Limits;
  readonly #options: HubOptions;
  readonly #host: HubHost;
  readonly #authority: Authority;
  readonly #streams = new StreamTable();
  readonly #roster: Roster;
  readonly #connections = new Set<Connection>();
  readonly #remembered = new Map<ServerOp, string>();
  readonly #owner: ConnectionOwner;
  #lastReportNs = 0;
  #lastPingNs = 0;

  constructor(host: HubHost, options: HubOptions) {
    this.#host = host;
    this.#options = options;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#roster = new Roster(options.secret);
    this.#authority = new Authority(this.limits.leaseMs, options.graceMs ?? 3000, {
      nowNs: () => this.nowNs(),
      tell: (message) => this.broadcast(message),
      refuse: (client, error) => this.#roster.find(client)?.fail(error),
      controlLost: () => host.controlLost(),
    });
    this.#owner = {
      limits: this.limits,
      nowNs: () => this.nowNs(),
      welcome: (connection, hello) => this.#welcome(connection, hello),
      handle: (connection, message) => this.#handle(connection, message),
      act: (connection, frame, declaration) => this.#act(connection, frame, declaration),
      gone: (connection, isDeliberate) => this.#gone(connection, isDeliberate),
      fault: (error) => options.onFault?.(error),
    };
    this.#authority.tell();
  }

  /** The server's clock, whole ns. */
  nowNs(): number {
    return Math.floor(this.#options.nowNs());
  }

  /** How many clients are connected. */
  get size(): number {
    return this.#connections.size;
  }

  get controller(): ClientIdentity | undefined {
    return this.#authority.holder;
  }

  get isStopped(): boolean {
    return this.#authority.isStopped;
  }

  /** Takes a new socket. `needsToken` is true unless it comes from where no token is asked for. */
  connect(socket: HubSocket, needsToken: boolean): Connection {
    const connection = new Connection(this.#owner, socket, needsToken);
    this.#connections.add(connection);
    return connection;
  }

  /** Declares all output streams; those that were declared before end. Subscriptions last. */
  declare(streams: readonly StreamPlan[]): void {
    this.#streams.declare(streams);
    this.broadcast({ op: "streams", streams: this.#streams.declarations });
    for (const connection of this.#connections) {
      connection.outbox.clear();
      for (const name of connection.subscriptions.keys()) this.#resubscribe(connection, name);
    }
  }

  /**
   * Sends a sample to whoever subscribed. A stream that is not declared is left out. `values` are copied.
   *
   * @param flags bits of `FRAME_FLAG`
   */
  publish(name: string, values: ArrayLike<number>, timeNs = this.nowNs(), flags = 0): void {
    const stream = this.#streams.find(name);
    if (stream === undefined) return;
    const sequence = stream.sequence;
    stream.sequence = (sequence + 1) >>> 0;
    let frame: Uint8Array | undefined;
    for (const connection of this.#connections) {
      const subscription = connection.subscriptions.get(name);
      if (subscription === undefined || sequence % subscription.every !== 0) continue;
      frame ??= encodeFrame(
        { type: FRAME_TYPE.sample, flags, stream: stream.declaration.id, sequence, timeNs },
        values,
      );
      connection.outbox.offer(name, frame);
    }
  }

  /** Names of the streams that somebody would see a sample of; saves computing what nobody watches. */
  watchedStreams(): string[] {
    const watched = new Set<string>();
    for (const { subscriptions } of this.#connections)
      for (const name of subscriptions.keys()) watched.add(name);
    return [...watched].sort();
  }

  /** Whether somebody has subscribed to a stream. */
  isWatched(name: string): boolean {
    for (const { subscriptions } of this.#connections) if (subscriptions.has(name)) return true;
    return false;
  }

  /** Tells everybody, and those who come later where it is about how things are. */
  broadcast(message: ServerMessage): void {
    const text = JSON.stringify(message);
    if (REMEMBERED.has(message.op)) this.#remembered.set(message.op, text);
    for (const connection of this.#connections)
      if (connection.client !== undefined) connection.sendText(text);
  }

  /** Stops or frees the robot on behalf of the server itself, such as a button beside the robot. */
  setStop(isActive: boolean, by: string, reason: string): void {
    this.#host.stop(isActive, reason);
    this.#authority.isStopped = isActive;
    this.broadcast({ op: "estop", isActive, by, reason, timeNs: this.nowNs() });
  }

  /** Lets time have its effect: leases lapse, silence is noticed, what waits goes out, drops are reported. */
  tick(): void {
    const nowNs = this.nowNs();
    this.#authority.expire();
    for (const connection of this.#connections) this.#watch(connection, nowNs);
    if (nowNs - this.#lastPingNs >= this.limits.heartbeatMs * 1e6) {
      this.#lastPingNs = nowNs;
      for (const { socket } of this.#connections) socket.ping();
    }
    if (nowNs - this.#lastReportNs >= 1e9) {
      this.#lastReportNs = nowNs;
      this.#roster.report(this.#connections, nowNs);
    }
  }

  /** Closes every connection, as a server does that ends. */
  close(): void {
    for (const connection of this.#connections) connection.end(1001, "the server ends");
  }

  #welcome(connection: Connection, hello: ClientMessage & { op: "hello" }): ClientIdentity {
    const { token, server, maxClients = 64 } = this.#options;
    const version = negotiateVersion(hello.versions);
    if (version === undefined)
      throw new RefusedError(
        "VERSION",
        `This server speaks version ${PROTOCOL_VERSIONS.join(", ")}, not ${hello.versions.join(", ")}.`,
        "Update whichever is older.",
      );
    if (connection.needsToken && !(token !== undefined && isSame(hello.token ?? "", token)))
      throw new RefusedError(
        "TOKEN",
        "The token is missing or wrong.",
        "Use the one that the server printed.",
      );
    if (this.#connections.size > maxClients)
      throw new RefusedError("FULL", `This server takes ${maxClients} clients.`, "Come back later.");
    const { client, resume, earlier } = this.#roster.enter(connection, hello);
    earlier?.end(CLOSE_CODE.replaced, "connected again");
    this.#authority.renew(client);
    const { clientId } = client;
    connection.send({
      op: "welcome",
      version,
      server,
      clientId,
      resume,
      timeNs: this.nowNs(),
      limits: this.limits,
    });
    for (const text of this.#remembered.values()) connection.sendText(text);
    this.#roster.hasChanged = true;
    return client;
  }

  #handle(connection: Connection, message: ClientMessage): void | Promise<void> {
    const client = identityOf(connection);
    const nowNs = this.nowNs();
    this.#authority.renew(client);
    switch (message.op) {
      case "hello":
        return;
      case "ping": {
        const { clientTimeNs, received } = message;
        if (received !== undefined) connection.outbox.acknowledge(received, nowNs);
        connection.send({ op: "pong", clientTimeNs, receivedNs: nowNs, sentNs: this.nowNs() });
        return;
      }
      case "subscribe":
        return this.#subscribe(connection, message.stream, message.rateHz);
      case "unsubscribe":
        connection.subscriptions.delete(message.stream);
        return;
      case "acquire":
        return this.#authority.acquire(client, message.takeOver);
      case "release":
        return this.#authority.release(client);
      case "deny":
        return this.#authority.deny(client);
      case "estop":
        return this.setStop(true, client.name, message.reason);
      case "clearStop":
        this.#authority.requireControl(client);
        return this.setStop(false, client.name, "");
      case "publish":
        this.#authority.requireControl(client);
        return this.#accept(connection, message);
      default:
        this.#authority.requireControl(client);
        if (MOVES.has(message.op)) this.#authority.requireFreedom();
        return this.#host.handle(message, client);
    }
  }

  #subscribe(connection: Connection, name: string, rateHz: number | undefined): void {
    this.#streams.get(name); // throws where there is none
    connection.subscriptions.set(name, { rateHz, every: 1 });
    this.#resubscribe(connection, name);
  }

  #resubscribe(connection: Connection, name: string): void {
    const stream = this.#streams.find(name);
    const subscription = connection.subscriptions.get(name);
    if (stream === undefined || subscription === undefined) return;
    subscription.every = strideFor(stream.declaration.rateHz, subscription.rateHz);
    connection.send({ op: "subscribed", stream: name, every: subscription.every });
  }

  #accept(connection: Connection, { stream, joints, fields }: ClientMessage & { op: "publish" }): void {
    if (this.#host.accept === undefined)
      throw new RefusedError("UNSUPPORTED", "This server takes no actions.", "Use its other commands.");
    const plan = this.#host.accept({ stream, joints, fields });
    const id = this.#streams.takeId();
    const declaration: StreamDeclaration = { ...plan, id, direction: "in", layout: "rows" };
    for (const [earlier, publication] of connection.publications)
      if (publication.declaration.name === stream) connection.publications.delete(earlier);
    connection.publications.set(id, { declaration, lastSequence: undefined });
    connection.send({ op: "publishing", stream: declaration });
  }

  #act(connection: Connection, frame: Frame, declaration: StreamDeclaration): void {
    const client = identityOf(connection);
    this.#authority.renew(client);
    this.#authority.requireControl(client);
    this.#authority.requireFreedom();
    if (frame.values.length === 0 || !fitsStream(declaration, frame.values.length))
      throw new RefusedError(
        "BAD_FRAME",
        `${frame.values.length} values are no rows of "${declaration.name}".`,
        "Lay frames out as `publishing` said.",
      );
    this.#host.act?.(frame, declaration, client);
  }

  #gone(connection: Connection, isDeliberate: boolean): void {
    this.#connections.delete(connection);
    const { client } = connection;
    if (client === undefined) return;
    this.#roster.leave(connection);
    if (isDeliberate) this.#authority.release(client);
  }

  #watch(connection: Connection, nowNs: number): void {
    connection.outbox.flush();
    const silence = nowNs - connection.lastHeardNs;
    const isSilent = silence >= this.limits.silenceMs * 1e6;
    if (isSilent !== connection.isSilent) {
      connection.isSilent = isSilent;
      this.#roster.hasChanged = true;
    }
    if (connection.client === undefined && nowNs - connection.openedNs > HELLO_NS)
      connection.end(CLOSE_CODE.timeout, "no hello came");
    else if (silence > GIVE_UP_NS) connection.terminate();
  }
}

function identityOf({ client }: Connection): ClientIdentity {
  if (client === undefined)
    throw new RefusedError("BAD_MESSAGE", "Nobody has said hello.", "Begin with hello.");
  return client;
}

/** Compares secrets in a time that does not tell where they differ. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
