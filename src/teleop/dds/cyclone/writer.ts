import { CLayout } from "../idl/c-layout.ts";
import { DdsError } from "./errors.ts";
import { stableBytes } from "./library.ts";
import type { Participant, Topic } from "./participant.ts";
import { withQos } from "./qos.ts";

/** Writes samples of one topic from a buffer of its own. Allocates nothing a write. */
export class Writer {
  /** The sample to be written, as a C struct; fill it and call `write`. */
  readonly sample: DataView;
  /** Writes that a slow reliable reader made too late, and that were dropped. */
  dropped = 0;
  readonly #participant: Participant;
  readonly #handle: number;
  readonly #name: string;
  readonly #bytes: Uint8Array;

  constructor(participant: Participant, topic: Topic, depth = 1) {
    const { library } = participant;
    this.#participant = participant;
    this.#name = topic.name;
    const entity = participant.topic(topic);
    this.#handle = withQos(library, { reliable: true, depth }, (qos) =>
      library.createWriter(participant.handle, entity, qos, null),
    );
    if (this.#handle < 0) throw new DdsError(`a writer of "${topic.name}"`, this.#handle);
    this.#bytes = stableBytes(new CLayout(topic.type).size);
    this.sample = new DataView(this.#bytes.buffer);
  }

  /** How many readers there are. */
  get readers(): number {
    return this.#participant.library.matchedReaders(this.#handle, null, 0);
  }

  /** Sends the sample as it is. */
  write(): void {
    const result = this.#participant.library.write(this.#handle, this.#bytes);
    if (result === TIMEOUT) this.dropped++;
    else if (result < 0) throw new DdsError(`to write "${this.#name}"`, result);
  }
}

const TIMEOUT = -10;
