import { McapWriter } from "@mcap/core";
import { compressLz4 } from "./lz4-frame.ts";
import type { RecordingSink } from "./recording-sink.ts";

/** A topic of a log: its schema's name and JSON schema. */
export interface Topic {
  readonly topic: string;
  readonly schemaName: string;
  readonly schema: object;
}

/** Writes one message of a topic as JSON. */
export type Publish = (timeNs: bigint, message: object) => void;

/** Where topics are declared and written to: a file, or whoever listens. */
export interface TopicLog {
  declare(topic: Topic): Promise<Publish>;
}

/**
 * An MCAP file under way. Messages are taken at once and written in order behind the caller's back; a failure to write
 * is thrown at the next call.
 */
export class McapLog implements TopicLog {
  readonly #writer: McapWriter;
  #tail: Promise<void> = Promise.resolve();
  #failure: { readonly cause: unknown } | undefined;

  private constructor(sink: RecordingSink) {
    let position = 0n;
    this.#writer = new McapWriter({
      writable: {
        position: () => position,
        async write(bytes) {
          await sink.write(bytes);
          position += BigInt(bytes.length);
        },
      },
      compressChunk: (data) => ({ compression: "lz4", compressedData: compressLz4(data) }),
    });
  }

  static async start(sink: RecordingSink, library: string): Promise<McapLog> {
    const log = new McapLog(sink);
    await log.#writer.start({ profile: "", library });
    return log;
  }

  /** Declares a topic; call it before any message is published. */
  async declare({ topic, schemaName, schema }: Topic): Promise<Publish> {
    const schemaId = await this.#writer.registerSchema({
      name: schemaName,
      encoding: "jsonschema",
      data: new TextEncoder().encode(JSON.stringify(schema)),
    });
    const channelId = await this.#writer.registerChannel({
      topic,
      schemaId,
      messageEncoding: "json",
      metadata: new Map(),
    });
    let sequence = 0;
    return (timeNs, message) => {
      const data = new TextEncoder().encode(JSON.stringify(message));
      const record = { channelId, sequence: sequence++, logTime: timeNs, publishTime: timeNs, data };
      this.#enqueue(() => this.#writer.addMessage(record));
    };
  }

  async addMetadata(name: string, metadata: ReadonlyMap<string, string>): Promise<void> {
    await this.#writer.addMetadata({ name, metadata: new Map(metadata) });
  }

  async addAttachment(name: string, mediaType: string, data: Uint8Array): Promise<void> {
    await this.#writer.addAttachment({ name, mediaType, data, logTime: 0n, createTime: 0n });
  }

  /** Writes what is left and the index. */
  async end(): Promise<void> {
    this.#enqueue(() => this.#writer.end());
    await this.#tail;
    this.#throwFailure();
  }

  #enqueue(write: () => Promise<void>): void {
    this.#throwFailure();
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await write();
      } catch (cause) {
        this.#failure = { cause };
      }
    });
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }
}
