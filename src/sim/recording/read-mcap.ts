import { McapStreamReader, type McapTypes } from "@mcap/core";
import { errorMessage } from "../../common/index.ts";
import { crc32 } from "./crc32.ts";
import { CorruptRecordingError } from "./errors.ts";
import { decompressLz4 } from "./lz4-frame.ts";

/** The parts of an MCAP file that are asked for. */
export interface McapContents {
  /** Metadata records by name. */
  readonly metadata: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Attachments by name. */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** Messages of the topic in the order in which they were published, as bytes. */
  readonly messages: readonly Uint8Array[];
}

/** A `DataEnd` record: opcode, length, checksum. */
const DATA_END_SIZE = 1 + 8 + 4;

/**
 * Reads metadata, attachments and the messages of one topic. Throws `CorruptRecordingError` where a checksum is wrong,
 * a message is missing or the file is cut short.
 */
export function readMcap(bytes: Uint8Array, topic: string): McapContents {
  const metadata = new Map<string, ReadonlyMap<string, string>>();
  const attachments = new Map<string, Uint8Array>();
  const messages: McapTypes.Message[] = [];
  let channel: number | undefined;
  for (const record of recordsOf(bytes)) {
    if (record.type === "Metadata") metadata.set(record.name, record.metadata);
    else if (record.type === "Attachment") attachments.set(record.name, record.data.slice());
    else if (record.type === "Channel" && record.topic === topic) channel = record.id;
    else if (record.type === "Message" && record.channelId === channel) messages.push(record);
  }
  messages.sort((a, b) => a.sequence - b.sequence); // tools that rewrite files order by time alone
  const gap = messages.findIndex(({ sequence }, i) => sequence !== i);
  if (gap >= 0) throw corrupt(`lacks message ${gap} of ${topic}`);
  return { metadata, attachments, messages: messages.map(({ data }) => data) };
}

function* recordsOf(bytes: Uint8Array): Generator<McapTypes.TypedMcapRecord> {
  const reader = new McapStreamReader({
    decompressHandlers: { lz4: (data, size) => decompressLz4(data, Number(size)) },
  });
  try {
    reader.append(bytes);
    for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
      if (record.type === "DataEnd") checkData(bytes, reader.bytesRemaining(), record.dataSectionCrc);
      yield record;
    }
  } catch (cause) {
    if (cause instanceof CorruptRecordingError) throw cause;
    throw corrupt(`is damaged: ${errorMessage(cause).replace(/\s*\[(library|no header).*$/, "")}`, cause);
  }
  if (!reader.done()) throw corrupt(`ends early, after ${bytes.length} bytes`);
}

/** Metadata has no checksum of its own; the data section's covers all. */
function checkData(bytes: Uint8Array, remaining: number, expected: number): void {
  if (expected === 0) return; // whoever wrote the file left it out
  const actual = crc32(bytes.subarray(0, bytes.length - remaining - DATA_END_SIZE));
  if (actual !== expected) throw corrupt("is damaged: its checksum does not match its bytes");
}

/** @param what is wrong, as the end of the sentence "The recording ..." */
export function corrupt(what: string, cause?: unknown): CorruptRecordingError {
  return new CorruptRecordingError(
    `The recording ${what}.`,
    "Copy it again from where it was made, or record the session again.",
    cause === undefined ? {} : { cause },
  );
}
