/** A 64-bit digest of bytes as 16 hex digits (two seeded Murmur3 lanes): equal for equal bytes, on every engine. */
export function hashBytes(bytes: Uint8Array): string {
  return hex(lane(bytes, 0x9747b28c)) + hex(lane(bytes, 0x5bd1e995));
}

/** Digest of the exact bits of a float array: equal only when every bit of every number is. */
export function hashFloats(values: Float64Array | Float32Array): string {
  return hashBytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** Digest of a text's UTF-8 bytes. */
export function hashText(text: string): string {
  return hashBytes(new TextEncoder().encode(text));
}

function lane(bytes: Uint8Array, seed: number): number {
  let h = seed;
  const words = bytes.length >> 2;
  for (let i = 0; i < words; i++) {
    const at = 4 * i;
    h = absorb(h, bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= 4 * words; at--) tail = (tail << 8) | bytes[at];
  h = absorb(h, tail) ^ bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function absorb(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = h ^ k;
  return Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
