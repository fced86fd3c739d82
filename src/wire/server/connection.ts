import { ContrappostoError, UsageError } from "../../common/index.ts";
import {
  CLOSE_CODE,
  FRAME_REMEDY,
  FrameError,
  MESSAGE_REMEDY,
  MessageError,
  type RefusalCode,
  RefusedError,
  StreamError,
} from "../errors.ts";
import { decodeFrame, FRAME_TYPE, type Frame, frameFault } from "../frame.ts";
import { type ClientMessage, parseClientMessage } from "../messages/client-message.ts";
import type { Limits, ServerMessage } from "../messages/server-message.ts";
import type { StreamDeclaration } from "../messages/stream.ts";
import type { ClientIdentity } from "./lease.ts";
import { type HubSocket, Outbox } from "./outbox.ts";
import { TokenBucket } from "./token-bucket.ts";

/** What a connection tells the hub that it belongs to. */
export interface ConnectionOwner {
  readonly limits: Limits;
  nowNs(): number;
  /** The first message. Throws `RefusedError` to turn the client away. */
  welcome(connection: Connection, hello: ClientMessage & { op: "hello" }): ClientIdentity;
  handle(connection: Connection, message: ClientMessage): void | Promise<void>;
  act(connection: Connection, frame: Frame, declaration: StreamDeclaration): void;
  gone(connection: Connection, isDeliberate: boolean): void;
  /** Something failed that no client is to blame for. */
  fault(error: unknown): void;
}

/** An input stream of one client, and the newest frame that it sent. */
interface Publication {
  readonly declaration: StreamDeclaration;
  lastSequence: number | undefined;
}

/** Mistakes that a client may make within `MISTAKE_WINDOW_NS` before it is turned away. */
const MOST_MISTAKES = 20;
const MISTAKE_WINDOW_NS = 10e9;
/** Messages beyond this multiple of the limit end the connection. */
const FLOOD = 4;
const OPENING_BRACE = 0x7b;

/** One client of a hub: checks what it sends, counts, answers. Feed it what the socket receives. */
export class Connection {
  readonly socket: HubSocket;
  readonly outbox: Outbox;
  /** Whether the token has to be right. */
  readonly needsToken: boolean;
  readonly subscriptions = new Map<string, { readonly rateHz: number | undefined; every: number }>();
  readonly publications = new Map<number, Publication>();
  readonly openedNs: number;
  lastHeardNs: number;
  isSilent = false;
  readonly #owner: ConnectionOwner;
  readonly #bucket: TokenBucket;
  readonly #flood: TokenBucket;
  #client: ClientIdentity | undefined;
  #mistakes: number[] = [];
  #complainedNs = Number.NEGATIVE_INFINITY;
  #isOpen = true;

  constructor(owner: ConnectionOwner, socket: HubSocket, needsToken: boolean) {
    this.#owner = owner;
    this.socket = socket;
    this.needsToken = needsToken;
    this.outbox = new Outbox(socket);
    this.openedNs = this.lastHeardNs = owner.nowNs();
    const { messagesPerSecond } = owner.limits;
    // What waited in a network that stood still for a second or two comes at once, and is no flood.
    this.#bucket = new TokenBucket(messagesPerSecond, 2 * messagesPerSecond, this.openedNs);
    this.#flood = new TokenBucket(FLOOD * messagesPerSecond, 3 * messagesPerSecond, this.openedNs);
  }

  /** Who it is; undefined before its hello. */
  get client(): ClientIdentity | undefined {
    return this.#client;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** A text frame came. */
  text(text: string): void {
    if (!this.#admit()) return;
    if (text.charCodeAt(0) !== OPENING_BRACE) {
      this.#report({
        code: "BAD_MESSAGE",
        problem: "The message is no JSON object.",
        remedy: MESSAGE_REMEDY,
      });
      return;
    }
    let id: number | undefined;
    try {
      const message = parseClientMessage(text);
      id = message.id;
      this.#take(message);
    } catch (error) {
      this.fail(error, id);
    }
  }

  /** A binary frame came. */
  binary(bytes: Uint8Array): void {
    if (!this.#admit()) return;
    const fault = frameFault(bytes);
    if (fault !== undefined) {
      this.#report({ code: "BAD_FRAME", problem: fault, remedy: FRAME_REMEDY });
      return;
    }
    try {
      const frame = decodeFrame(bytes);
      const publication = this.#publicationOf(frame);
      if (!isNewer(frame.sequence, publication.lastSequence)) return;
      publication.lastSequence = frame.sequence;
      this.#owner.act(this, frame, publication.declaration);
    } catch (error) {
      this.fail(error);
    }
  }

  /** The socket answered a ping of its own. */
  heard(): void {
    this.lastHeardNs = this.#owner.nowNs();
  }

  /** The socket has closed, with the code that the other side gave. */
  closed(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#owner.gone(this, code === 1000 || code === 1001);
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.#isOpen) this.socket.send(text);
  }

  /** Tells the client what went wrong with a message of its. */
  fail(error: unknown, id?: number): void {
    if (!(error instanceof ContrappostoError)) this.#owner.fault(error);
    this.#report(reportOf(error), id);
  }

  #report(report: Report, id?: number): void {
    const isMistake = report.code === "BAD_FRAME" || report.code === "BAD_MESSAGE";
    this.send({ op: "error", ...(id === undefined ? {} : { id }), ...report });
    if (isMistake && this.#countMistake()) this.end(CLOSE_CODE.badMessage, "too many messages that are none");
  }

  /** Ends the connection from this side. */
  end(code: number, reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.socket.close(code, reason);
    this.#owner.gone(this, false);
  }

  /** Ends the connection without waiting for the other side. */
  terminate(): void {
    this.end(CLOSE_CODE.timeout, "silent for too long");
    this.socket.terminate();
  }

  #admit(): boolean {
    if (!this.#isOpen) return false;
    const nowNs = this.#owner.nowNs();
    this.lastHeardNs = nowNs;
    if (!this.#flood.take(nowNs)) {
      this.end(CLOSE_CODE.rate, "far too many messages");
      return false;
    }
    if (this.#bucket.take(nowNs)) return true;
    if (nowNs - this.#complainedNs > 1e9) {
      this.#complainedNs = nowNs;
      const { messagesPerSecond } = this.#owner.limits;
      this.fail(
        new RefusedError(
          "RATE",
          `More than ${messagesPerSecond} messages/s came; some were ignored.`,
          "Send less often.",
        ),
      );
    }
    return false;
  }

  #take(message: ClientMessage): void {
    if (message.op === "hello" || this.#client === undefined) {
      this.#greet(message);
      return;
    }
    const handled = this.#owner.handle(this, message);
    if (handled === undefined) this.#done(message.id);
    else
      handled.then(
        () => this.#done(message.id),
        (error: unknown) => this.fail(error, message.id),
      );
  }

  #greet(message: ClientMessage): void {
    if (message.op !== "hello" || this.#client !== undefined) {
      this.fail(new MessageError("A connection begins with one hello."), message.id);
      this.end(CLOSE_CODE.badMessage, "hello comes first, once");
      return;
    }
    try {
      this.#client = this.#owner.welcome(this, message);
    } catch (error) {
      this.fail(error, message.id);
      const reason = error instanceof RefusedError ? error.reason : "FAILED";
      this.end(REFUSED_HELLO[reason] ?? CLOSE_CODE.badMessage, reason);
    }
  }

  #done(id: number | undefined): void {
    if (id !== undefined) this.send({ op: "done", id });
  }

  #publicationOf(frame: Frame): Publication {
    const publication = this.publications.get(frame.stream);
    if (frame.type !== FRAME_TYPE.action || publication === undefined)
      throw new StreamError(
        `This client may not write to stream ${frame.stream}.`,
        "Ask with `publish` first.",
      );
    return publication;
  }

  #countMistake(): boolean {
    const nowNs = this.#owner.nowNs();
    this.#mistakes = this.#mistakes.filter((atNs) => nowNs - atNs < MISTAKE_WINDOW_NS);
    return this.#mistakes.push(nowNs) >= MOST_MISTAKES;
  }
}

const REFUSED_HELLO: Readonly<Partial<Record<RefusalCode, number>>> = {
  TOKEN: CLOSE_CODE.token,
  VERSION: CLOSE_CODE.version,
  FULL: CLOSE_CODE.full,
};

/** Sequence numbers go round: the newer one is less than half the circle ahead. */
function isNewer(sequence: number, last: number | undefined): boolean {
  return last === undefined || (((sequence - last) >>> 0) - 1) >>> 0 < 0x7fffffff;
}

interface Report {
  readonly code: RefusalCode;
  readonly problem: string;
  readonly remedy: string;
}

function reportOf(error: unknown): Report {
  if (!(error instanceof ContrappostoError))
    return { code: "FAILED", problem: "The server failed.", remedy: "See its log." };
  return { code: codeOf(error), problem: error.problem, remedy: error.remedy };
}

function codeOf(error: ContrappostoError): RefusalCode {
  if (error instanceof RefusedError) return error.reason;
  if (error instanceof FrameError) return "BAD_FRAME";
  if (error instanceof MessageError) return "BAD_MESSAGE";
  if (error instanceof StreamError) return "BAD_STREAM";
  return error instanceof UsageError ? "BAD_VALUE" : "FAILED";
}
