import { ContrappostoError } from "../common/index.ts";

/** What to do about bytes that are no frame. */
export const FRAME_REMEDY =
  "Send frames as PROTOCOL.md lays them out: 24 bytes of header, then float32 values.";

/** Bytes that are no frame of this protocol. */
export class FrameError extends ContrappostoError {
  override readonly code = "BAD_FRAME";

  constructor(problem: string) {
    super(problem, FRAME_REMEDY);
  }
}

/** What to do about text that is no control message. */
export const MESSAGE_REMEDY =
  "Send one JSON object with an `op` that PROTOCOL.md names, and no fields beside its own.";

/** Text that is no control message of this protocol. */
export class MessageError extends ContrappostoError {
  override readonly code = "BAD_MESSAGE";

  constructor(problem: string, options?: ErrorOptions) {
    super(problem, MESSAGE_REMEDY, options);
  }
}

/** A value in a control message that does not mean anything here, such as an unknown stream. */
export class StreamError extends ContrappostoError {
  override readonly code = "BAD_STREAM";
}

/** The other side refused a request or the whole connection; `reason` is its code. */
export class RefusedError extends ContrappostoError {
  override readonly code = "REFUSED";
  readonly reason: RefusalCode;

  constructor(reason: RefusalCode, problem: string, remedy: string) {
    super(problem, remedy);
    this.reason = reason;
  }
}

/** There is no connection, or it went away before the answer came. */
export class LinkLostError extends ContrappostoError {
  override readonly code = "LINK_LOST";

  constructor(problem = "The connection to the server is lost.") {
    super(problem, "Wait until the client has reconnected and ask again.");
  }
}

/** What an `error` message may say, for programs. */
export const REFUSAL_CODES = [
  "BAD_FRAME",
  "BAD_MESSAGE",
  "BAD_STREAM",
  "BAD_VALUE",
  "BUSY",
  "ESTOPPED",
  "FAILED",
  "FULL",
  "NOT_CONTROLLER",
  "RATE",
  "TIMEOUT",
  "TOKEN",
  "UNSUPPORTED",
  "VERSION",
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** WebSocket close codes that the server uses beside the standard ones. */
export const CLOSE_CODE = {
  badMessage: 4400,
  token: 4401,
  version: 4406,
  timeout: 4408,
  replaced: 4409,
  rate: 4429,
  full: 4503,
} as const;
