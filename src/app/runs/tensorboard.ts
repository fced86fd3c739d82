import { closeSync, openSync, writeSync } from "node:fs";
import protobuf from "protobufjs/minimal.js";

/**
 * A TensorBoard event file: TFRecord framing around `Event` messages with scalar summaries. Appends; a reader sees each
 * step as soon as it is written.
 */
export class EventFile implements Disposable {
  readonly #file: number;

  /**
   * @param path by convention `events.out.tfevents.<seconds>.<host>`; opened for appending
   * @param begin step after which earlier files of the same run no longer count, as after going back to a checkpoint
   */
  constructor(path: string, wallSeconds: number, begin?: number) {
    this.#file = openSync(path, "a");
    this.#write(
      protobuf.Writer.create().uint32(9).double(wallSeconds).uint32(26).string("brain.Event:2").finish(),
    );
    if (begin !== undefined) this.#write(sessionStart(wallSeconds, begin));
  }

  /** Writes scalars of one step. */
  scalars(step: number, values: Readonly<Record<string, number>>, wallSeconds: number): void {
    const summary = protobuf.Writer.create();
    for (const [tag, value] of Object.entries(values))
      summary.uint32(10).fork().uint32(10).string(tag).uint32(21).float(value).ldelim();
    this.#write(
      protobuf.Writer.create()
        .uint32(9)
        .double(wallSeconds)
        .uint32(16)
        .int64(step)
        .uint32(42)
        .bytes(summary.finish())
        .finish(),
    );
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  /** TFRecord: length (u64), its masked CRC, the bytes, their masked CRC. */
  #write(event: Uint8Array): void {
    const record = new DataView(new ArrayBuffer(event.length + 16));
    record.setBigUint64(0, BigInt(event.length), true);
    record.setUint32(8, maskedCrc32c(new Uint8Array(record.buffer, 0, 8)), true);
    new Uint8Array(record.buffer).set(event, 12);
    record.setUint32(12 + event.length, maskedCrc32c(event), true);
    writeSync(this.#file, new Uint8Array(record.buffer));
  }
}

/** SessionLog with status START: whoever reads the run drops what was logged at later steps before. */
function sessionStart(wallSeconds: number, step: number): Uint8Array {
  const start = protobuf.Writer.create().uint32(8).int32(1).finish();
  return protobuf.Writer.create()
    .uint32(9)
    .double(wallSeconds)
    .uint32(16)
    .int64(step + 1)
    .uint32(58)
    .bytes(start)
    .finish();
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32C (Castagnoli), rotated and offset as TFRecord wants it. */
export function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
