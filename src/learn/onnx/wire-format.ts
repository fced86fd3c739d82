import { OnnxFormatError } from "./errors.ts";
import type { OnnxInt } from "./model.ts";

/** Protocol Buffers' four wire types in use. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const utf8 = new TextEncoder();

/** One field of an encoded message. Its readers throw `OnnxFormatError` where the wire type does not fit. */
export class Field {
  readonly number: number;
  readonly wire: number;
  /** The value's bytes: payload of a length-delimited field, the encoded varint or fixed value otherwise. */
  readonly payload: Uint8Array;
  /** Key and value, verbatim: what to write to keep the field as it was. */
  readonly encoded: Uint8Array;

  constructor(number: number, wire: number, payload: Uint8Array, encoded: Uint8Array) {
    this.number = number;
    this.wire = wire;
    this.payload = payload;
    this.encoded = encoded;
  }

  /** Signed 64-bit integer; a bigint only beyond 2^53. */
  int(): OnnxInt {
    this.#expect(WIRE.varint);
    return toInt(readVarint(this.payload, 0).value);
  }

  /** A small integer: version, type code. */
  number32(): number {
    const value = this.int();
    if (typeof value === "bigint")
      throw new OnnxFormatError(`The file holds the integer ${value} where a small one belongs.`);
    return value;
  }

  float(): number {
    this.#expect(WIRE.fixed32);
    return view(this.payload).getFloat32(0, true);
  }

  bytes(): Uint8Array {
    this.#expect(WIRE.bytes);
    return this.payload;
  }

  text(): string {
    try {
      return strictUtf8.decode(this.bytes());
    } catch (cause) {
      if (cause instanceof OnnxFormatError) throw cause;
      throw new OnnxFormatError("A text in the file is not UTF-8.", undefined, { cause });
    }
  }

  /** All integers of a repeated field's entry, packed or single. */
  ints(): OnnxInt[] {
    if (this.wire === WIRE.varint) return [this.int()];
    const bytes = this.bytes();
    const values: OnnxInt[] = [];
    for (let at = 0; at < bytes.length; ) {
      const { value, end } = readVarint(bytes, at);
      values.push(toInt(value));
      at = end;
    }
    return values;
  }

  /** All values of a repeated float field's entry, packed or single. */
  floats(): Float32Array {
    if (this.wire !== WIRE.fixed32) this.#expectWidth(4);
    return new Float32Array(copyBuffer(this.payload));
  }

  /** All values of a repeated double field's entry, packed or single. */
  doubles(): Float64Array {
    if (this.wire !== WIRE.fixed64) this.#expectWidth(8);
    return new Float64Array(copyBuffer(this.payload));
  }

  #expect(wire: number): void {
    if (this.wire !== wire)
      throw new OnnxFormatError(
        `Field ${this.number} is stored as wire type ${this.wire}, expected ${wire}.`,
      );
  }

  #expectWidth(width: number): void {
    if (this.bytes().length % width !== 0)
      throw new OnnxFormatError(
        `Field ${this.number} holds ${this.payload.length} bytes, no multiple of ${width}.`,
      );
  }
}

/** The fields of an encoded message in order. Throws `OnnxFormatError` where the bytes end early or make no sense. */
export function* readFields(message: Uint8Array): Generator<Field> {
  for (let start = 0; start < message.length; ) {
    const key = readVarint(message, start);
    const wire = Number(key.value & 7n);
    const number = Number(key.value >> 3n);
    if (number < 1 || number > 0x1fffffff) throw new OnnxFormatError("The bytes are not an ONNX model.");
    const [from, end] = payloadRange(message, key.end, wire);
    if (end > message.length) throw truncated();
    yield new Field(number, wire, message.subarray(from, end), message.subarray(start, end));
    start = end;
  }
}

/** Encodes one message field by field. Fields at their default value are the caller's to leave out. */
export class MessageWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  int(number: number, value: OnnxInt): void {
    this.#key(number, WIRE.varint);
    this.#varint(BigInt.asUintN(64, BigInt(value)));
  }

  float(number: number, value: number): void {
    this.#key(number, WIRE.fixed32);
    const at = this.#grow(4);
    view(this.#bytes).setFloat32(at, value, true);
  }

  text(number: number, value: string): void {
    this.bytes(number, utf8.encode(value));
  }

  bytes(number: number, value: Uint8Array): void {
    this.#key(number, WIRE.bytes);
    this.#varint(BigInt(value.length));
    this.verbatim(value);
  }

  message(number: number, write: (writer: MessageWriter) => void): void {
    const writer = new MessageWriter();
    write(writer);
    this.bytes(number, writer.finish());
  }

  packedInts(number: number, values: readonly OnnxInt[]): void {
    const writer = new MessageWriter();
    for (const value of values) writer.#varint(BigInt.asUintN(64, BigInt(value)));
    this.bytes(number, writer.finish());
  }

  packedFloats(number: number, values: readonly number[]): void {
    this.bytes(number, bytesOf(Float32Array.from(values)));
  }

  /** Fields that are encoded already. */
  verbatim(encoded: Uint8Array): void {
    const at = this.#grow(encoded.length);
    this.#bytes.set(encoded, at);
  }

  /** The message; a view on this writer's buffer, which must not be used any more. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #key(number: number, wire: number): void {
    this.#varint((BigInt(number) << 3n) | BigInt(wire));
  }

  #varint(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  #byte(value: number): void {
    const at = this.#grow(1); // before #bytes is read: growing replaces it
    this.#bytes[at] = value;
  }

  /** Makes room for `count` more bytes and returns where they begin. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

/** The bytes of a typed array, not copied. Every platform that runs us is little-endian, as ONNX demands. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy in a buffer of its own, so that typed arrays of any width may look at it. */
export function copyBuffer(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function payloadRange(message: Uint8Array, at: number, wire: number): [from: number, end: number] {
  if (wire === WIRE.varint) return [at, readVarint(message, at).end];
  if (wire === WIRE.fixed64) return [at, at + 8];
  if (wire === WIRE.fixed32) return [at, at + 4];
  if (wire !== WIRE.bytes) throw new OnnxFormatError("The bytes are not an ONNX model.");
  const length = readVarint(message, at);
  return [length.end, length.end + Number(length.value)];
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } {
  let low = 0;
  let at = start;
  // Up to four groups fit a plain integer: nearly all of them, and much faster than bigint.
  for (let shift = 0; shift < 28; shift += 7) {
    if (at >= bytes.length) throw truncated();
    const byte = bytes[at++];
    low |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt(low), end: at };
  }
  let value = BigInt(low);
  for (let shift = 28n; shift < 70n; shift += 7n) {
    if (at >= bytes.length) throw truncated();
    const byte = bytes[at++];
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at };
  }
  throw new OnnxFormatError("An integer in the file is longer than 64 bits.");
}

function toInt(unsigned: bigint): OnnxInt {
  const signed = BigInt.asIntN(64, unsigned);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}

function truncated(): OnnxFormatError {
  return new OnnxFormatError("The ONNX file ends in the middle of a field.", "Copy the file again, whole.");
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
