import { StreamError } from "../errors.ts";
import { encodeFrame, FRAME_TYPE } from "../frame.ts";
import { fitsStream, type StreamDeclaration } from "../messages/stream.ts";

/** Sends actions on one input stream, numbered. */
export class ActionWriter {
  /** How rows are laid out. */
  readonly declaration: StreamDeclaration;
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => void;
  #sequence = 0;

  constructor(declaration: StreamDeclaration, send: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.declaration = declaration;
    this.#send = send;
  }

  /**
   * Sends one row or more; they replace what is left of earlier ones. Throws `LinkLostError` after the connection that
   * it was made for, and `StreamError` for values that are no whole rows.
   *
   * @param rows time after `timeNs`, s, then the fields, for each row
   * @param timeNs server clock; 0 means when it arrives
   */
  send(rows: ArrayLike<number>, timeNs = 0): void {
    if (rows.length === 0 || !fitsStream(this.declaration, rows.length))
      throw new StreamError(
        `${rows.length} values are no rows of "${this.declaration.name}".`,
        "Write each row as the declaration lists its fields.",
      );
    const header = {
      type: FRAME_TYPE.action,
      flags: 0,
      stream: this.declaration.id,
      sequence: this.#sequence,
    };
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#send(encodeFrame({ ...header, timeNs: Math.max(0, Math.floor(timeNs)) }, rows));
  }
}
