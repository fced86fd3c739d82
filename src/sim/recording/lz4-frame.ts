import { compressBlock, compressedBound, decompressBlock } from "./lz4-block.ts";

const MAGIC = 0x184d2204;
/** Version 1, blocks that stand alone, no checksums (MCAP has its own), no sizes (so has it). */
const FLAGS = 0x60;
/** Blocks of up to 4 MiB. */
const BLOCK_CODE = 0x70;
const BLOCK_SIZE = 4 << 20;
const UNCOMPRESSED = 0x80000000;
const HEADER_SIZE = 7;

/**
 * Compresses bytes as one LZ4 frame, which is what MCAP calls "lz4".
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function compressLz4(input: Uint8Array): Uint8Array {
  const blocks = Math.ceil(input.length / BLOCK_SIZE);
  const out = new Uint8Array(HEADER_SIZE + compressedBound(input.length) + 8 * (blocks + 1));
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  out[4] = FLAGS;
  out[5] = BLOCK_CODE;
  out[6] = headerChecksum(FLAGS, BLOCK_CODE);
  let at = HEADER_SIZE;
  for (let from = 0; from < input.length; from += BLOCK_SIZE) {
    const block = input.subarray(from, from + BLOCK_SIZE);
    const size = compressBlock(block, out.subarray(at + 4));
    const isSmaller = size < block.length;
    if (!isSmaller) out.set(block, at + 4);
    view.setUint32(at, isSmaller ? size : (block.length | UNCOMPRESSED) >>> 0, true);
    at += 4 + (isSmaller ? size : block.length);
  }
  view.setUint32(at, 0, true);
  return out.subarray(0, at + 4);
}

/** Expands an LZ4 frame of known expanded size. Throws `RangeError` where it is damaged or of an unknown kind. */
export function decompressLz4(input: Uint8Array, size: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError("Not an LZ4 frame.");
  const flags = input[4];
  if (flags >>> 6 !== 1) throw new RangeError("An LZ4 frame of an unknown version.");
  const out = new Uint8Array(size);
  const blockChecksum = flags & 0x10 ? 4 : 0;
  let at = HEADER_SIZE + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  let end = 0;
  for (let length = view.getUint32(at, true); length !== 0; length = view.getUint32(at, true)) {
    const stored = length & ~UNCOMPRESSED;
    const block = input.subarray(at + 4, at + 4 + stored);
    if (block.length !== stored) throw new RangeError("An LZ4 frame ends early.");
    if ((length & UNCOMPRESSED) === 0) end = decompressBlock(block, out, end);
    else {
      out.set(block, end);
      end += stored;
    }
    at += 4 + stored + blockChecksum;
  }
  if (end !== size) throw new RangeError(`An LZ4 frame holds ${end} bytes instead of ${size}.`);
  return out;
}

/** Second byte of the xxHash-32 (seed 0) of the two descriptor bytes: the short-input path of that hash. */
function headerChecksum(flags: number, block: number): number {
  const [p1, p2, p3, p5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x165667b1];
  let hash = p5 + 2;
  for (const byte of [flags, block]) {
    hash = (hash + Math.imul(byte, p5)) | 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), p1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), p2);
  hash = Math.imul(hash ^ (hash >>> 13), p3);
  return ((hash ^ (hash >>> 16)) >>> 8) & 0xff;
}
