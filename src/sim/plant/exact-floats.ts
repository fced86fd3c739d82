import { z } from "zod";

/**
 * Float64 numbers as base64 text of their little-endian bytes: every bit survives JSON, also -0 and NaN, in 11
 * characters a number where decimal digits would take 18.
 */
export const ExactFloats = z
  .base64()
  .refine((text) => base64Bytes(text) % 8 === 0, "is not a whole number of float64 values")
  .meta({ contentEncoding: "base64" });

/** The text of some numbers. */
export function encodeFloats(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = "";
  // In slices, because a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 4096) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(binary);
}

/** The numbers of a text that `ExactFloats` has accepted. */
export function decodeFloats(text: string): Float64Array {
  return new Float64Array(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);
}

function base64Bytes(text: string): number {
  return (text.length / 4) * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
}
