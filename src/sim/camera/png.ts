import { encode } from "fast-png";

/** A PNG file's bytes of an 8-bit RGB picture, [height, width, 3]. */
export function encodePng(width: number, height: number, rgb: Uint8Array): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 }, { zlib: { level: 9 } });
}
