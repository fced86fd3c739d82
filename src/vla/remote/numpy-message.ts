import { decode, encode } from "@msgpack/msgpack";
import { joinBytes } from "../../common/index.ts";
import { RemotePolicyError } from "../errors.ts";

/** An array as numpy sees it: values with dtype and shape, row-major. */
export interface NumpyArray {
  readonly data: Float32Array | Float64Array | Uint8Array | Int32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** What a message holds: plain values, arrays, and maps of them. */
export type NumpyValue =
  | null
  | boolean
  | number
  | string
  | NumpyArray
  | readonly NumpyValue[]
  | { readonly [key: string]: NumpyValue };

type Data = NumpyArray["data"];

/** numpy's names of element types, little-endian. */
const DTYPES: readonly (readonly [string, new (buffer: ArrayBuffer) => Data])[] = [
  ["<f4", Float32Array],
  ["<f8", Float64Array],
  ["|u1", Uint8Array],
  ["<i4", Int32Array],
  ["<i8", BigInt64Array],
];

/**
 * A message of openpi's policy protocol: MessagePack, in which an array is a map whose keys are *binary*, in a fixed
 * order. The bytes are those that openpi's own Python packer makes of the same value.
 */
export function encodeNumpyMessage(value: NumpyValue): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return joinBytes(parts);
}

/**
 * The value of a message. Arrays are copied out of it. Binary and text keys are both read, booleans and half-known types
 * become plain values. Throws `RemotePolicyError` for bytes that are no such message.
 */
export function decodeNumpyMessage(bytes: Uint8Array): NumpyValue {
  let raw: unknown;
  try {
    raw = decode(bytes, { mapKeyConverter: keyText });
  } catch (cause) {
    throw new RemotePolicyError(
      "The message is not MessagePack.",
      "Check that the other side speaks openpi's policy protocol.",
      { cause },
    );
  }
  return read(raw);
}

/** Whether a value is an array and not a map. */
export function isNumpyArray(value: NumpyValue | undefined): value is NumpyArray {
  return typeof value === "object" && value !== null && "data" in value && ArrayBuffer.isView(value.data);
}

function write(value: NumpyValue, parts: Uint8Array[]): void {
  if (isNumpyArray(value)) writeArray(value, parts);
  else if (Array.isArray(value)) {
    parts.push(header(0x90, 0xdc, value.length));
    for (const item of value) write(item, parts);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    parts.push(header(0x80, 0xde, entries.length));
    for (const [key, item] of entries) {
      parts.push(encode(key));
      write(item, parts);
    }
  } else parts.push(encode(value));
}

function writeArray({ data, shape }: NumpyArray, parts: Uint8Array[]): void {
  const [dtype] = DTYPES.find(([, Type]) => data instanceof Type) ?? [""];
  const key = (name: string) => encode(new TextEncoder().encode(name));
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  parts.push(Uint8Array.of(0x84), key("__ndarray__"), encode(true), key("data"), encode(bytes));
  parts.push(key("dtype"), encode(dtype), key("shape"), encode([...shape]));
}

/** The head of a list or a map: in one byte up to 15 items, else in three or five. */
function header(small: number, large: number, count: number): Uint8Array {
  if (count < 16) return Uint8Array.of(small | count);
  if (count < 65_536) return Uint8Array.of(large, count >> 8, count & 255);
  return Uint8Array.of(large + 1, count >>> 24, (count >> 16) & 255, (count >> 8) & 255, count & 255);
}

function read(raw: unknown): NumpyValue {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "boolean" || typeof raw === "number" || typeof raw === "string") return raw;
  if (typeof raw === "bigint") return Number(raw);
  if (raw instanceof Uint8Array) return { data: new Uint8Array(raw), shape: [raw.length] };
  if (Array.isArray(raw)) return raw.map(read);
  const map = raw as Record<string, unknown>;
  if (map.__ndarray__ === true) return readArray(map);
  if (map.__npgeneric__ === true) return read(map.data);
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, read(value)]));
}

function readArray({ data, dtype, shape }: Record<string, unknown>): NumpyValue {
  const isWhole = data instanceof Uint8Array && typeof dtype === "string" && Array.isArray(shape);
  if (!isWhole)
    throw new RemotePolicyError("An array of the message is not whole.", "Check the other side's packer.");
  const dims = shape.map(Number);
  // Copied: typed arrays must be aligned. Not `slice`: of a Buffer, which is what Node hands out, it copies nothing.
  const copy = new Uint8Array(data).buffer;
  if (dtype.startsWith("<U")) return utf32(copy);
  const known = DTYPES.find(([name]) => name === (dtype === "|b1" ? "|u1" : dtype));
  if (known === undefined)
    throw new RemotePolicyError(
      `The message has an array of the type ${dtype}.`,
      `Send one of: ${DTYPES.map(([name]) => name).join(", ")}.`,
    );
  const values = new known[1](copy);
  if (values.length !== dims.reduce((product, dim) => product * dim, 1))
    throw new RemotePolicyError(
      "An array of the message has another size than its shape.",
      "Check its packer.",
    );
  return { data: values, shape: dims };
}

/** numpy's texts: four bytes a letter, zeros after the end. */
function utf32(buffer: ArrayBuffer): string {
  return String.fromCodePoint(...new Uint32Array(buffer).filter((code) => code !== 0));
}

function keyText(key: unknown): string {
  if (key instanceof Uint8Array) return new TextDecoder().decode(key);
  if (typeof key === "string" || typeof key === "number") return String(key);
  throw new RemotePolicyError(
    "A map of the message has a key that is no text.",
    "Check the other side's packer.",
  );
}
