import { cString } from "../cyclone/descriptor.ts";
import { DdsError } from "../cyclone/errors.ts";
import { type CycloneLibrary, stableBytes } from "../cyclone/library.ts";
import type { Participant, Topic } from "../cyclone/participant.ts";
import { withQos } from "../cyclone/qos.ts";
import { SAMPLE_INFO } from "../cyclone/reader.ts";
import { CLayout } from "../idl/c-layout.ts";

/** Calls and answers that may arrive in a burst. */
const DEPTH = 16;

/** Reads every sample of a topic whose type has strings: Cyclone lends its memory, we copy what we want. */
export class MessageReader<T> {
  readonly #participant: Participant;
  readonly #handle: number;
  readonly #size: number;
  readonly #decode: (sample: DataView, library: CycloneLibrary, address: bigint) => T;
  readonly #pointer = stableBytes(8);
  readonly #pointerView = new DataView(this.#pointer.buffer);
  readonly #info = stableBytes(SAMPLE_INFO.size);

  /** @param decode copies what it wants out of a C struct, which is gone when it returns */
  constructor(
    participant: Participant,
    topic: Topic,
    decode: (sample: DataView, library: CycloneLibrary, address: bigint) => T,
  ) {
    const { library } = participant;
    this.#participant = participant;
    this.#decode = decode;
    this.#size = new CLayout(topic.type).size;
    const entity = participant.topic(topic);
    this.#handle = withQos(library, { reliable: true, depth: DEPTH }, (qos) =>
      library.createReader(participant.handle, entity, qos, null),
    );
    if (this.#handle < 0) throw new DdsError(`a reader of "${topic.name}"`, this.#handle);
  }

  /** How many writers there are. */
  get writers(): number {
    return this.#participant.library.matchedWriters(this.#handle, null, 0);
  }

  /** The oldest sample not yet taken, or undefined. */
  take(): T | undefined {
    const { library } = this.#participant;
    this.#pointerView.setBigUint64(0, 0n, true);
    const taken = library.take(this.#handle, this.#pointer, this.#info, 1, 1);
    if (taken < 0) throw new DdsError("to read a message", taken);
    if (taken === 0) return undefined;
    try {
      if (this.#info[SAMPLE_INFO.validData] === 0) return undefined;
      const address = this.#pointerView.getBigUint64(0, true);
      return this.#decode(library.memoryAt(address, this.#size), library, address);
    } finally {
      library.returnLoan(this.#handle, this.#pointer, 1);
    }
  }
}

/** Writes samples of a topic whose type has strings. */
export class MessageWriter {
  readonly #participant: Participant;
  readonly #handle: number;
  readonly #size: number;

  constructor(participant: Participant, topic: Topic) {
    const { library } = participant;
    this.#participant = participant;
    this.#size = new CLayout(topic.type).size;
    const entity = participant.topic(topic);
    this.#handle = withQos(library, { reliable: true, depth: DEPTH }, (qos) =>
      library.createWriter(participant.handle, entity, qos, null),
    );
    if (this.#handle < 0) throw new DdsError(`a writer of "${topic.name}"`, this.#handle);
  }

  /** How many readers there are. */
  get readers(): number {
    return this.#participant.library.matchedReaders(this.#handle, null, 0);
  }

  /** Sends a struct of zeros that `fill` has filled in; `text` is put where `textAt` says. */
  write(text: string, textAt: number, fill: (sample: DataView) => void): void {
    const { library } = this.#participant;
    const bytes = stableBytes(this.#size);
    const view = new DataView(bytes.buffer);
    const string = cString(text);
    fill(view);
    view.setBigUint64(textAt, library.addressOf(string), true);
    const result = library.write(this.#handle, bytes);
    if (result < 0) throw new DdsError("to write a message", result);
    string.fill(0); // keeps the string alive until Cyclone has read it
  }
}
