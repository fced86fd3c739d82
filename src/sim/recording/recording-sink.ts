import { joinBytes } from "../../common/index.ts";
/** Where a recording goes, piece by piece, in order. */
export interface RecordingSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** Keeps a recording in memory. */
export class MemorySink implements RecordingSink {
  readonly #pieces: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(bytes.slice());
  }

  /** All bytes so far, in a new array. */
  bytes(): Uint8Array {
    return joinBytes(this.#pieces);
  }
}
