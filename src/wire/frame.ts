import { FrameError } from "./errors.ts";

/** Bytes 0 and 1 of every frame: "CP". */
const FRAME_MAGIC = 0x5043;
/** Version of the frame's layout; the negotiated protocol version says which one is used. */
const FRAME_VERSION = 1;
const FRAME_HEADER_BYTES = 24;

/** Byte 3: who sends it. Samples go from the server to clients, actions from the controller to the server. */
export const FRAME_TYPE = { sample: 1, action: 2 } as const;
export type FrameType = (typeof FRAME_TYPE)[keyof typeof FRAME_TYPE];

/** Bits of the flags. `discontinuity`: what came before does not lead here (a reset, a seek). */
export const FRAME_FLAG = { discontinuity: 1 } as const;

/** What stands before the values of a frame. */
export interface FrameHeader {
  readonly type: FrameType;
  /** Bits of `FRAME_FLAG`. */
  readonly flags: number;
  /** Id of a declared stream. */
  readonly stream: number;
  /** Number of the sample in its stream, modulo 2^32. */
  readonly sequence: number;
  /** Server clock, ns, below 2^53; 0 in an action means "when it arrives". */
  readonly timeNs: number;
}

/** A header with the values behind it. */
export interface Frame extends FrameHeader {
  /** A view into the decoded bytes where they are aligned to 4, else a copy. */
  readonly values: Float32Array;
}

const TWO_32 = 2 ** 32;

/** Packs a frame into a new array, little-endian. Values become float32. */
export function encodeFrame(header: FrameHeader, values: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + 4 * values.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, FRAME_MAGIC, true);
  view.setUint8(2, FRAME_VERSION);
  view.setUint8(3, header.type);
  view.setUint16(4, header.flags, true);
  view.setUint16(6, header.stream, true);
  view.setUint32(8, header.sequence, true);
  view.setUint32(12, values.length, true);
  view.setUint32(16, header.timeNs % TWO_32, true);
  view.setUint32(20, Math.floor(header.timeNs / TWO_32), true);
  new Float32Array(bytes.buffer, FRAME_HEADER_BYTES).set(values);
  return bytes;
}

/** Unpacks a frame. Throws `FrameError` for bytes that are none; never reads beyond them. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const fault = frameFault(bytes);
  if (fault !== undefined) throw new FrameError(fault);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    type: view.getUint8(3) as FrameType,
    flags: view.getUint16(4, true),
    stream: view.getUint16(6, true),
    sequence: view.getUint32(8, true),
    timeNs: view.getUint32(20, true) * TWO_32 + view.getUint32(16, true),
    values: floats(bytes, view.getUint32(12, true)),
  };
}

/** Why bytes are no frame; undefined where they are one. Costs no error, so that a flood of garbage costs little. */
export function frameFault(bytes: Uint8Array): string | undefined {
  if (bytes.length < FRAME_HEADER_BYTES)
    return `A frame has at least ${FRAME_HEADER_BYTES} bytes, not ${bytes.length}.`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint16(0, true);
  if (magic !== FRAME_MAGIC) return `A frame begins with "CP", not 0x${magic.toString(16)}.`;
  const version = view.getUint8(2);
  if (version !== FRAME_VERSION) return `The frame has version ${version}, not ${FRAME_VERSION}.`;
  const count = view.getUint32(12, true);
  if (bytes.length !== FRAME_HEADER_BYTES + 4 * count)
    return `The frame announces ${count} values but has ${bytes.length} bytes.`;
  const type = view.getUint8(3);
  if (type !== FRAME_TYPE.sample && type !== FRAME_TYPE.action) return `There is no frame type ${type}.`;
  if (view.getUint32(20, true) >= 2 ** 21) return "The frame's time is not below 2^53 ns.";
  return undefined;
}

function floats(bytes: Uint8Array, count: number): Float32Array {
  const at = bytes.byteOffset + FRAME_HEADER_BYTES;
  if (at % 4 === 0) return new Float32Array(bytes.buffer, at, count);
  const copy = new Uint8Array(bytes.subarray(FRAME_HEADER_BYTES)); // `slice` of Node's Buffer does not copy
  return new Float32Array(copy.buffer, 0, count);
}
