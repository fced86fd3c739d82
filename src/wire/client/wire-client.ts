import { ClockSync } from "../clock-sync.ts";
import { CLOSE_CODE, FrameError, LinkLostError, MessageError, RefusedError } from "../errors.ts";
import { decodeFrame } from "../frame.ts";
import type { ClientMessageInput } from "../messages/client-message.ts";
import { parseServerMessage, type ServerMessage, type ServerOp } from "../messages/server-message.ts";
import type { StreamDeclaration } from "../messages/stream.ts";
import { PROTOCOL_VERSIONS, SUBPROTOCOL } from "../version.ts";
import { ActionWriter } from "./action-writer.ts";
import { type ClientSocketConstructor, Link } from "./client-socket.ts";
import { PendingRequests } from "./pending-requests.ts";
import { type Sample, StreamReader } from "./sample.ts";

export interface WireClientOptions {
  /** Such as ws://127.0.0.1:8765/ws. */
  readonly url: string;
  /** `WebSocket` of the browser or of the package `ws`. */
  readonly socket: ClientSocketConstructor;
  /** Who is asking, for people. */
  readonly name: string;
  readonly token?: string | undefined;
  /** Monotonic clock, ms, such as `performance.now`. */
  readonly nowMs: () => number;
  /** First and longest pause between two attempts to connect, ms. */
  readonly retryMs?: readonly [first: number, longest: number];
}

/** `lost`: it tries to connect again; `refused` and `closed` are final. */
export type LinkStatus = "connecting" | "open" | "lost" | "refused" | "closed";

type MessageOf<O extends ServerOp> = Extract<ServerMessage, { op: O }>;
type WithoutId = ClientMessageInput extends infer M ? (M extends unknown ? Omit<M, "id"> : never) : never;
/** A message to the server; ids are the client's own affair. */
export type Outgoing = Exclude<WithoutId, { op: "hello" | "ping" | "publish" }>;

interface Subscription {
  readonly rateHz: number | undefined;
  readonly listeners: Set<(sample: Sample) => void>;
}

/** How often the link is looked after, ms. */
const WATCH_MS = 50;
/** How long a connection may take to come about, ms. */
const OPENING_MS = 3000;
/** Samples after which the server is told how many came, so that it does not hold back. */
const ACKNOWLEDGE_EVERY = 32;
/** Until `welcome` tells the server's own limits. */
const SILENCE_MS = 1000;

/**
 * The client's side of the protocol, in browsers and in Node. Connects again by itself: subscriptions last, control too
 * where the lease has not lapsed; requests under way end with `LinkLostError`. Listeners are called in the order in which
 * frames came.
 */
export class WireClient {
  readonly clock = new ClockSync();
  readonly #options: WireClientOptions;
  readonly #pending = new PendingRequests();
  readonly #listeners = new Map<ServerOp, Set<(message: never) => void>>();
  readonly #statusListeners = new Set<(status: LinkStatus) => void>();
  readonly #latest = new Map<ServerOp, ServerMessage>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #dropped = new Map<string, number>();
  /** Streams that this connection has asked for. */
  readonly #asked = new Set<string>();
  #readers: ReadonlyMap<number, StreamReader> = new Map();
  #link: Link | undefined;
  #status: LinkStatus = "closed";
  #watch: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retryMs = 0;
  #refusal: RefusedError | undefined;
  #trouble = "";
  #heardMs = 0;
  #isInDoubt = false;
  #pingedMs = 0;
  #received = 0;
  #acknowledged = 0;

  constructor(options: WireClientOptions) {
    this.#options = options;
  }

  get status(): LinkStatus {
    return this.#status;
  }

  /** Why the last connection failed, in the platform's words; empty where it says nothing. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Id on the server; undefined before the first welcome. */
  get clientId(): string | undefined {
    return this.last("welcome")?.clientId;
  }

  /** Whether this client has control. */
  get hasControl(): boolean {
    const id = this.clientId;
    return this.#status === "open" && id !== undefined && this.last("control")?.holder?.clientId === id;
  }

  /** Round trip, ms; NaN before it is measured. */
  get roundTripMs(): number {
    return this.clock.roundTripNs / 1e6;
  }

  /** How long ago the server was heard, ms. */
  get silenceMs(): number {
    return this.#options.nowMs() - this.#heardMs;
  }

  /** Samples that the server dropped on the way here, by stream. */
  get dropped(): ReadonlyMap<string, number> {
    return this.#dropped;
  }

  /** The server's clock now, ns; NaN before it is known. */
  serverNowNs(): number {
    return this.clock.toServer(this.#options.nowMs() * 1e6);
  }

  /** How old a sample is now, ms. */
  ageMs(sample: Sample): number {
    return (this.serverNowNs() - sample.timeNs) / 1e6;
  }

  /** Connects, and keeps connecting until `close`. Resolves with the first welcome; rejects where the server refuses. */
  connect(): Promise<void> {
    if (this.#watch === undefined) {
      this.#refusal = undefined;
      this.#watch = setInterval(() => this.#look(), WATCH_MS);
      this.#open("connecting");
    }
    return new Promise((resolve, reject) => {
      const settle = (status: LinkStatus) => {
        if (status === "open") resolve();
        else if (status === "refused" || status === "closed") reject(this.#refusal ?? new LinkLostError());
        else return;
        forget();
      };
      const forget = this.onStatus(settle);
      settle(this.#status);
    });
  }

  /** Ends the connection and releases control. */
  close(): void {
    this.#stop("closed");
  }

  /** Calls back at each change of the status; returns how to end that. */
  onStatus(listener: (status: LinkStatus) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Calls back for each message of a kind, at once where one has come already; returns how to end that. */
  on<O extends ServerOp>(op: O, listener: (message: MessageOf<O>) => void): () => void {
    const listeners = this.#listeners.get(op) ?? new Set();
    this.#listeners.set(op, listeners.add(listener));
    const last = this.last(op);
    if (last !== undefined) listener(last);
    return () => listeners.delete(listener);
  }

  /** The last message of a kind on this connection. */
  last<O extends ServerOp>(op: O): MessageOf<O> | undefined {
    return this.#latest.get(op) as MessageOf<O> | undefined;
  }

  /** Calls back for each sample of a stream, now and after each reconnect; the last rate asked for counts. */
  subscribe(stream: string, listener: (sample: Sample) => void, rateHz?: number): () => void {
    const listeners = this.#subscriptions.get(stream)?.listeners ?? new Set();
    this.#subscriptions.set(stream, { rateHz, listeners: listeners.add(listener) });
    this.#requestStream(stream, rateHz);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#subscriptions.get(stream)?.listeners !== listeners) return;
      this.#subscriptions.delete(stream);
      this.#asked.delete(stream);
      this.send({ op: "unsubscribe", stream });
    };
  }

  /** Sends without waiting for an answer; false where there is no connection. Errors come as `error` messages. */
  send(message: Outgoing): boolean {
    if (this.#status !== "open") return false;
    this.#write(message);
    return true;
  }

  /** Sends and waits until it is done. Rejects with `RefusedError` or `LinkLostError`. */
  async request(message: Outgoing): Promise<void> {
    await this.#ask(message);
  }

  /** Asks for leave to send actions for these joints. Needs control; ask again after a reconnect. */
  async publish(stream: string, joints: readonly string[], fields: readonly string[]): Promise<ActionWriter> {
    await this.#ask({ op: "publish", stream, joints: [...joints], fields: [...fields] });
    const link = this.#link;
    const declaration = this.last("publishing")?.stream; // comes before the answer
    if (declaration?.name !== stream) throw new LinkLostError();
    return new ActionWriter(declaration, (bytes) => {
      if (link === undefined || link !== this.#link) throw new LinkLostError();
      link.send(bytes);
    });
  }

  async #ask(message: Outgoing | Omit<Extract<ClientMessageInput, { op: "publish" }>, "id">): Promise<void> {
    if (this.#status !== "open") throw new LinkLostError("There is no connection to the server.");
    const { id, answer } = this.#pending.open();
    this.#write({ ...message, id });
    await answer;
  }

  #open(status: "connecting" | "lost"): void {
    this.#retry = undefined;
    this.#received = this.#acknowledged = 0;
    this.#heardMs = this.#options.nowMs();
    const link: Link = new Link(this.#options.socket, this.#options.url, SUBPROTOCOL, {
      open: () => this.#hello(),
      text: (text) => this.#text(text),
      bytes: (bytes) => this.#bytes(bytes),
      ended: (code, trouble) => link === this.#link && this.#ended(code, trouble),
    });
    this.#link = link;
    this.#setStatus(status);
  }

  #hello(): void {
    const { name, token } = this.#options;
    const resume = this.last("welcome")?.resume;
    this.#write({
      op: "hello",
      versions: [...PROTOCOL_VERSIONS],
      name,
      ...(token === undefined ? {} : { token }),
      ...(resume === undefined ? {} : { resume }),
    });
  }

  #text(text: string): void {
    this.#heard();
    const message = this.#understand(() => parseServerMessage(text));
    if (message === undefined || this.#pending.settle(message)) return;
    if (message.op === "welcome") this.#latest.clear();
    this.#latest.set(message.op, message);
    if (message.op === "welcome") this.#welcome();
    else if (message.op === "pong") this.#pong(message);
    else if (message.op === "streams") this.#declared(message.streams);
    else if (message.op === "link")
      for (const [stream, count] of Object.entries(message.dropped)) this.#dropped.set(stream, count);
    else if (message.op === "error" && this.#status !== "open")
      this.#refusal = new RefusedError(message.code, message.problem, message.remedy);
    for (const listener of this.#listeners.get(message.op) ?? []) listener(message as never);
  }

  /** What the server said, or undefined where it makes no sense: then the link is given up. */
  #understand<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MessageError || error instanceof FrameError)) throw error;
      this.#link?.drop();
      return undefined;
    }
  }

  #welcome(): void {
    this.clock.reset();
    this.#dropped.clear();
    this.#retryMs = 0;
    this.#setStatus("open");
    this.#ping();
  }

  #declared(streams: readonly StreamDeclaration[]): void {
    this.#readers = new Map(streams.map((stream) => [stream.id, new StreamReader(stream)]));
    for (const [stream, { rateHz }] of this.#subscriptions)
      if (!this.#asked.has(stream)) this.#requestStream(stream, rateHz);
  }

  #pong({ clientTimeNs, receivedNs, sentNs }: MessageOf<"pong">): void {
    this.clock.add({
      clientSent: clientTimeNs,
      clientReceived: this.#options.nowMs() * 1e6,
      serverReceived: receivedNs,
      serverSent: sentNs,
    });
  }

  #bytes(bytes: Uint8Array): void {
    this.#received++;
    this.#heard();
    const sample = this.#understand(() => {
      const frame = decodeFrame(bytes);
      return this.#readers.get(frame.stream)?.read(frame); // undefined for a world that is gone
    });
    if (sample === undefined) return;
    const { name } = sample.reader.declaration;
    for (const listener of this.#subscriptions.get(name)?.listeners ?? []) listener(sample);
  }

  /** Pings from here too, because browsers slow the timers of hidden pages down, but not their messages. */
  #heard(): void {
    this.#heardMs = this.#options.nowMs();
    this.#isInDoubt = false;
    const isDue = this.#heardMs - this.#pingedMs >= this.#heartbeatMs;
    if (this.#status === "open" && (isDue || this.#received - this.#acknowledged >= ACKNOWLEDGE_EVERY))
      this.#ping();
  }

  #ping(): void {
    this.#pingedMs = this.#options.nowMs();
    this.#acknowledged = this.#received;
    this.#write({ op: "ping", clientTimeNs: this.#pingedMs * 1e6, received: this.#received });
  }

  #look(): void {
    if (this.#link === undefined) return;
    const patienceMs =
      this.#status === "open" ? (this.last("welcome")?.limits.silenceMs ?? SILENCE_MS) : OPENING_MS;
    if (this.silenceMs >= patienceMs) {
      // After a standstill of this thread the timer comes before what has arrived meanwhile: that is heard first.
      if (this.#isInDoubt) this.#link.drop();
      this.#isInDoubt = true;
    } else if (this.#status === "open" && this.#options.nowMs() - this.#pingedMs >= this.#heartbeatMs)
      this.#ping();
  }

  #ended(code: number, trouble: string): void {
    this.#link = undefined;
    this.#trouble = trouble;
    this.#readers = new Map();
    this.#asked.clear();
    this.#pending.abandon(new LinkLostError());
    if (code === CLOSE_CODE.token || code === CLOSE_CODE.version) this.#stop("refused");
    else if (code === CLOSE_CODE.replaced) this.#stop("closed");
    else this.#retryLater();
  }

  #retryLater(): void {
    const [first, longest] = this.#options.retryMs ?? [100, 1000];
    this.#retryMs = this.#retryMs === 0 ? first : Math.min(longest, 2 * this.#retryMs);
    this.#retry = setTimeout(() => this.#open("lost"), this.#retryMs);
    this.#setStatus("lost");
  }

  #stop(status: "refused" | "closed"): void {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    this.#watch = this.#retry = undefined;
    const link = this.#link;
    this.#link = undefined;
    link?.close();
    this.#pending.abandon(new LinkLostError());
    this.#setStatus(status);
  }

  #setStatus(status: LinkStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener(status);
  }

  /** Asks for a stream where the server has it; else when it declares one of that name. */
  #requestStream(stream: string, rateHz: number | undefined): void {
    if (this.#status !== "open" || !this.last("streams")?.streams.some(({ name }) => name === stream)) return;
    this.#asked.add(stream);
    this.#write({ op: "subscribe", stream, ...(rateHz === undefined ? {} : { rateHz }) });
  }

  #write(message: ClientMessageInput): void {
    this.#link?.send(JSON.stringify(message));
  }

  get #heartbeatMs(): number {
    return this.last("welcome")?.limits.heartbeatMs ?? SILENCE_MS / 4;
  }
}
