/** The arrays one after the other, as a new one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return join(parts, new Uint8Array(lengthOf(parts)));
}

/** The arrays one after the other, as a new one. */
export function joinFloats(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  return join(parts, new Float32Array(lengthOf(parts)));
}

function lengthOf(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function join<T extends { set(part: ArrayLike<number>, at: number): void }>(
  parts: readonly ArrayLike<number>[],
  out: T,
): T {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
