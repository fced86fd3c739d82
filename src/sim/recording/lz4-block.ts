const MIN_MATCH = 4;
/** The format wants the last bytes of a block to be literals, and no match to begin near its end. */
const LAST_LITERALS = 5;
const NO_MATCH_AFTER = 12;
const MAX_DISTANCE = 65535;
const HASH_BITS = 16;

/** Upper bound of a compressed block's size. */
export const compressedBound = (size: number): number => size + Math.ceil(size / 255) + 16;

/**
 * Compresses one block in the LZ4 block format, greedily with a hash table of positions.
 *
 * @param out at least `compressedBound(input.length)` bytes
 * @returns how many bytes of `out` were written
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function compressBlock(input: Uint8Array, out: Uint8Array): number {
  const table = new Int32Array(1 << HASH_BITS).fill(-1);
  const matchLimit = input.length - LAST_LITERALS;
  let at = 0;
  let anchor = 0;
  let written = 0;
  while (at + NO_MATCH_AFTER <= input.length) {
    const word = wordAt(input, at);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = table[slot];
    table[slot] = at;
    if (candidate < 0 || at - candidate > MAX_DISTANCE || wordAt(input, candidate) !== word) {
      at++;
      continue;
    }
    let length = MIN_MATCH;
    while (at + length < matchLimit && input[candidate + length] === input[at + length]) length++;
    written = writeSequence(input, anchor, at, out, written, at - candidate, length);
    at += length;
    anchor = at;
  }
  return writeSequence(input, anchor, input.length, out, written, 0, 0);
}

/** Literals from `from` to `to`, then a match, or none at the end of the block (`length` 0). */
function writeSequence(
  input: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  distance: number,
  length: number,
): number {
  const literals = to - from;
  const extra = length === 0 ? 0 : length - MIN_MATCH;
  out[at++] = (Math.min(literals, 15) << 4) | Math.min(extra, 15);
  at = writeRest(out, at, literals);
  out.set(input.subarray(from, to), at);
  at += literals;
  if (length === 0) return at;
  out[at++] = distance & 0xff;
  out[at++] = distance >>> 8;
  return writeRest(out, at, extra);
}

/** What does not fit the token's four bits: bytes that are summed up, the last one below 255. */
function writeRest(out: Uint8Array, at: number, length: number): number {
  if (length < 15) return at;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at++] = rest;
  return at;
}

/**
 * Expands one LZ4 block into `out` from `start` on, where it may refer to what `out` holds before, and returns where it
 * ends. Throws `RangeError` where it is no valid block.
 */
export function decompressBlock(input: Uint8Array, out: Uint8Array, start: number): number {
  const source = { bytes: input, at: 0 };
  let at = start;
  for (;;) {
    const token = next(source);
    const literals = readLength(source, token >>> 4);
    if (source.at + literals > input.length || at + literals > out.length) throw outOfBounds();
    out.set(input.subarray(source.at, source.at + literals), at);
    source.at += literals;
    at += literals;
    if (source.at === input.length) return at;
    const distance = next(source) | (next(source) << 8);
    const length = readLength(source, token & 15) + MIN_MATCH;
    if (distance === 0 || distance > at || at + length > out.length) throw outOfBounds();
    for (let i = 0; i < length; i++, at++) out[at] = out[at - distance]; // may overlap: repeats what it writes
  }
}

function readLength(source: { bytes: Uint8Array; at: number }, nibble: number): number {
  let length = nibble;
  for (let byte = nibble === 15 ? 255 : 0; byte === 255; length += byte) byte = next(source);
  return length;
}

function next(source: { bytes: Uint8Array; at: number }): number {
  if (source.at >= source.bytes.length) throw outOfBounds();
  return source.bytes[source.at++];
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

const outOfBounds = (): RangeError => new RangeError("An LZ4 block leads out of its bounds.");
