import { inflateSync } from "fflate";
import { PolicyFileError } from "../errors.ts";

/** Uncompressed bytes that an archive may hold in all: policies are small, and a zip bomb is not. */
const MAX_BYTES = 512 * 2 ** 20;
const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

/** Whether the bytes begin like a zip archive, as PyTorch's files do. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * All files of a zip archive by path, checksums verified (PyTorch stores weights uncompressed, so nothing else would
 * notice a flipped bit). Throws `PolicyFileError` for a damaged or oversized archive.
 */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  try {
    // A plain view: Node's Buffer would hand out views where Uint8Array copies.
    return new Map(readEntries(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  } catch (cause) {
    if (cause instanceof PolicyFileError) throw cause;
    throw damaged("its directory cannot be read", cause);
  }
}

function* readEntries(bytes: Uint8Array): Generator<[string, Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  let at = directory.offset;
  let total = 0;
  for (let i = 0; i < directory.entries; i++) {
    const entry = readEntry(view, bytes, at);
    total += entry.size;
    if (total > MAX_BYTES) throw damaged(`it holds more than ${MAX_BYTES / 2 ** 20} MiB`);
    yield [entry.name, extract(view, bytes, entry)];
    at = entry.next;
  }
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function findDirectory(view: DataView): { offset: number; entries: number } {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) !== END) continue;
    const entries = view.getUint16(at + 10, true);
    const offset = view.getUint32(at + 16, true);
    const isLarge = offset === 0xffffffff || entries === 0xffff;
    return isLarge ? findLargeDirectory(view, at - 20) : { offset, entries };
  }
  throw damaged("it ends early");
}

function findLargeDirectory(view: DataView, locator: number): { offset: number; entries: number } {
  if (view.getUint32(locator, true) !== END_64_LOCATOR) throw damaged("its directory is missing");
  const end = uint64(view, locator + 8);
  if (view.getUint32(end, true) !== END_64) throw damaged("its directory is missing");
  return { entries: uint64(view, end + 32), offset: uint64(view, end + 48) };
}

function readEntry(view: DataView, bytes: Uint8Array, at: number): Entry {
  if (view.getUint32(at, true) !== ENTRY) throw damaged("its directory is damaged");
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const large = largeFields(view, at + 46 + nameLength, extraLength);
  const field = (offset: number) => {
    const value = view.getUint32(offset, true);
    return value === 0xffffffff ? (large.shift() ?? value) : value;
  };
  const size = field(at + 24); // in the extra field the order is size, packed size, offset
  const packed = field(at + 20);
  return {
    name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    size,
    packed,
    local: field(at + 42),
    next: at + 46 + nameLength + extraLength + view.getUint16(at + 32, true),
  };
}

/** The 64-bit numbers of a zip64 extra field, in order. */
function largeFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const count = Math.floor(view.getUint16(at + 2, true) / 8);
    return Array.from({ length: count }, (_, i) => uint64(view, at + 4 + 8 * i));
  }
  return [];
}

function extract(view: DataView, bytes: Uint8Array, entry: Entry): Uint8Array {
  if (view.getUint32(entry.local, true) !== LOCAL) throw damaged(`"${entry.name}" is not where it should be`);
  const start =
    entry.local + 30 + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
  const packed = bytes.subarray(start, start + entry.packed);
  if (packed.length !== entry.packed) throw damaged(`"${entry.name}" is cut off`);
  const content = unpack(packed, entry);
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    throw damaged(`the checksum of "${entry.name}" is wrong`);
  return content;
}

function unpack(packed: Uint8Array, { name, method, size }: Entry): Uint8Array {
  if (method === 0) return packed;
  if (method !== 8) throw damaged(`"${name}" is compressed in an unknown way (${method})`);
  return inflateSync(packed, { out: new Uint8Array(size) });
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function damaged(how: string, cause?: unknown): PolicyFileError {
  return new PolicyFileError(
    `The archive is damaged: ${how}.`,
    "Copy or export the file again.",
    cause === undefined ? undefined : { cause },
  );
}
