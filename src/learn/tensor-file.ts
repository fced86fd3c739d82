import { z } from "zod";
import { ContrappostoError } from "../common/index.ts";
import { elementCount, ONNX_ELEMENT_TYPES, type OnnxElementType } from "./onnx/index.ts";
import type { TensorValue } from "./runtime.ts";

/** Named arrays and texts: what a checkpoint holds. */
export interface TensorFile {
  readonly tensors: Readonly<Record<string, TensorValue>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes are not a tensor file, or are damaged. */
export class TensorFileError extends ContrappostoError {
  readonly code = "TENSOR_FILE";

  constructor(problem: string, options?: ErrorOptions) {
    super(`This is no whole tensor file: ${problem}`, "Use an earlier checkpoint.", options);
  }
}

/** Element types by the names that the format gives them. */
const TYPES: readonly (readonly [string, OnnxElementType])[] = [
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I64", "int64"],
  ["I32", "int32"],
  ["I16", "int16"],
  ["I8", "int8"],
  ["U64", "uint64"],
  ["U32", "uint32"],
  ["U16", "uint16"],
  ["U8", "uint8"],
  ["BOOL", "bool"],
];

const Offset = z.int().nonnegative();
const Entry = z.object({
  dtype: z.string(),
  shape: z.array(Offset),
  data_offsets: z.tuple([Offset, Offset]),
});
const Metadata = z.record(z.string(), z.string());
type Entry = z.infer<typeof Entry>;

/**
 * Encodes arrays and texts in the safetensors format: eight bytes of header length, a JSON header, then the values,
 * little-endian, each array on a multiple of eight bytes.
 */
export function encodeTensorFile({ tensors, metadata }: TensorFile): Uint8Array {
  let end = 0;
  const header: Record<string, Entry | TensorFile["metadata"]> = { __metadata__: metadata };
  const placed = Object.entries(tensors)
    .sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
    .map(([name, { type, dims, data }]) => {
      const begin = end;
      end += data.byteLength;
      const [dtype] = TYPES.find(([, known]) => known === type) ?? [""];
      header[name] = { dtype, shape: [...dims], data_offsets: [begin, end] };
      return { begin, data };
    });
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength).set(text, 8);
  for (const { begin, data } of placed)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + headerLength + begin);
  return bytes;
}

/** Decodes a file in the safetensors format; the values are copied. Throws `TensorFileError`. */
export function decodeTensorFile(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8) throw new TensorFileError("it is too short.");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) throw new TensorFileError("its header is cut off.");
  const { metadata, entries } = readHeader(bytes.subarray(8, 8 + length));
  // Not `subarray`: what comes from a file in Node is a Buffer, whose `slice` copies nothing.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + 8 + length, bytes.length - 8 - length);
  const tensors = entries.map(([name, entry]) => [name, readTensor(name, entry, body)] as const);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeader(text: Uint8Array): { metadata: TensorFile["metadata"]; entries: [string, Entry][] } {
  try {
    const header = z.record(z.string(), z.unknown()).parse(JSON.parse(new TextDecoder().decode(text)));
    const { __metadata__: metadata = {}, ...entries } = header;
    return {
      metadata: Metadata.parse(metadata),
      entries: Object.entries(z.record(z.string(), Entry).parse(entries)),
    };
  } catch (cause) {
    throw new TensorFileError("its header cannot be read.", { cause });
  }
}

function readTensor(name: string, entry: Entry, body: Uint8Array): TensorValue {
  const [, type] = TYPES.find(([known]) => known === entry.dtype) ?? [];
  if (type === undefined) throw new TensorFileError(`"${name}" has the unknown type ${entry.dtype}.`);
  const [begin, end] = entry.data_offsets;
  const Data = ONNX_ELEMENT_TYPES[type].array;
  if (end - begin !== elementCount(entry.shape) * Data.BYTES_PER_ELEMENT || end > body.length)
    throw new TensorFileError(`the values of "${name}" are not all there.`);
  return { type, dims: entry.shape, data: new Data(body.slice(begin, end).buffer) };
}
