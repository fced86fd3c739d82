import { joinBytes } from "../../common/index.ts";
import { OnnxFormatError } from "./errors.ts";
import {
  elementCount,
  ONNX_ELEMENT_TYPES,
  type OnnxElementType,
  type OnnxInt,
  type OnnxTensor,
  type OnnxTensorData,
} from "./model.ts";
import { ENTRY, TENSOR } from "./proto-fields.ts";
import { bytesOf, copyBuffer, type MessageWriter, readFields } from "./wire-format.ts";

const TYPE_BY_CODE = new Map<number, OnnxElementType>(
  (Object.keys(ONNX_ELEMENT_TYPES) as OnnxElementType[]).map((type) => [ONNX_ELEMENT_TYPES[type].code, type]),
);

/** The element type of a file's type number; undefined for text, complex and sub-byte types. */
export function elementType(code: number): OnnxElementType | undefined {
  return TYPE_BY_CODE.get(code);
}

function requireElementType(code: number): OnnxElementType {
  const type = elementType(code);
  if (type === undefined)
    throw new OnnxFormatError(
      `The model uses element type number ${code}, which is not supported.`,
      `Export it with one of: ${[...TYPE_BY_CODE.values()].join(", ")}.`,
    );
  return type;
}

/** The files beside a model that hold values of its tensors, by the location that the model names. */
export type ExternalData = ReadonlyMap<string, Uint8Array>;

const NO_FILES: ExternalData = new Map();

/**
 * Decodes a TensorProto; the data are copied, from another file if the tensor says so.
 * Throws `OnnxFormatError` if data and dimensions do not fit, or the other file is not given.
 */
export function decodeTensor(message: Uint8Array, external: ExternalData = NO_FILES): OnnxTensor {
  let name = "";
  let code = 0;
  const dims: number[] = [];
  const values = new TensorValues();
  const extra: Uint8Array[] = [];
  const entries: [string, string][] = [];
  let isExternal = false;
  for (const field of readFields(message)) {
    if (field.number === TENSOR.dims) dims.push(...field.ints().map(dimension));
    else if (field.number === TENSOR.dataType) code = field.number32();
    else if (field.number === TENSOR.name) name = field.text();
    else if (field.number === TENSOR.rawData) values.raw = field.bytes();
    else if (field.number === TENSOR.floatData) values.add(field.floats());
    else if (field.number === TENSOR.doubleData) values.add(field.doubles());
    else if (INT_FIELDS.has(field.number)) values.add(field.ints());
    else if (field.number === TENSOR.externalData) entries.push(decodeEntry(field.bytes()));
    else if (field.number === TENSOR.dataLocation) isExternal = field.number32() === 1;
    else extra.push(field.encoded);
  }
  if (isExternal) values.raw = slice(name, new Map(entries), external);
  const type = requireElementType(code);
  const data = values.take(type, name);
  if (data.length !== elementCount(dims))
    throw new OnnxFormatError(`Tensor "${name}" of [${dims.join(", ")}] holds ${data.length} values.`);
  return { name, type, dims, data, ...keep(extra) };
}

/** Encodes a TensorProto with raw data. Throws `OnnxFormatError` if data and dimensions do not fit. */
export function encodeTensor(tensor: OnnxTensor, out: MessageWriter): void {
  const { name, type, dims, data } = tensor;
  if (data.length !== elementCount(dims) || !(data instanceof ONNX_ELEMENT_TYPES[type].array))
    throw new OnnxFormatError(
      `Tensor "${name}" is ${type} [${dims.join(", ")}] but holds ${data.length} values in a ${data.constructor.name}.`,
      "Give as many values as the dimensions multiply to, in the array of the element type.",
    );
  if (dims.length > 0) out.packedInts(TENSOR.dims, dims);
  out.int(TENSOR.dataType, ONNX_ELEMENT_TYPES[type].code);
  out.text(TENSOR.name, name);
  out.bytes(TENSOR.rawData, bytesOf(data));
  if (tensor.extra !== undefined) out.verbatim(tensor.extra);
}

/** Joins the fields that are not modelled, for a message's `extra`; no key where there are none. */
export function keep(fields: readonly Uint8Array[]): { extra?: Uint8Array } {
  if (fields.length === 0) return {};
  return { extra: joinBytes(fields) };
}

const INT_FIELDS: ReadonlySet<number> = new Set([TENSOR.int32Data, TENSOR.int64Data, TENSOR.uint64Data]);

/** Collects a tensor's values from whichever of the format's six places they are in. */
class TensorValues {
  raw: Uint8Array | undefined;
  readonly #parts: (Float32Array | Float64Array | OnnxInt[])[] = [];

  add(part: Float32Array | Float64Array | OnnxInt[]): void {
    this.#parts.push(part);
  }

  take(type: OnnxElementType, name: string): OnnxTensorData {
    const Data = ONNX_ELEMENT_TYPES[type].array;
    if (this.raw !== undefined) {
      if (this.raw.length % Data.BYTES_PER_ELEMENT !== 0)
        throw new OnnxFormatError(
          `Tensor "${name}" holds ${this.raw.length} bytes, which is no number of ${type} values.`,
        );
      return new Data(copyBuffer(this.raw));
    }
    const values = this.#parts.flatMap((part) => Array.from<OnnxInt>(part));
    if (Data === BigInt64Array) return BigInt64Array.from(values, BigInt);
    if (Data === BigUint64Array) return BigUint64Array.from(values, BigInt);
    return (Data as Float32ArrayConstructor).from(values, Number);
  }
}

/** The part of another file that holds a tensor's values. */
function slice(tensor: string, entries: ReadonlyMap<string, string>, external: ExternalData): Uint8Array {
  const location = entries.get("location") ?? "";
  const file = external.get(location);
  if (file === undefined)
    throw new OnnxFormatError(
      `The values of tensor "${tensor}" are in the file "${location}", which is missing.`,
      "Keep it beside the model, or save the model in one file (onnx.save with save_as_external_data=False).",
    );
  const offset = Number(entries.get("offset") ?? 0);
  const end = entries.has("length") ? offset + Number(entries.get("length")) : file.length;
  if (offset >= 0 && end >= offset && end <= file.length) return file.subarray(offset, end);
  throw new OnnxFormatError(
    `The file "${location}" has ${file.length} bytes; tensor "${tensor}" is said to be at ${offset} to ${end}.`,
    "Use the file that was exported with this model.",
  );
}

/** A StringStringEntryProto, as metadata are stored. */
export function decodeEntry(bytes: Uint8Array): [key: string, value: string] {
  let key = "";
  let value = "";
  for (const field of readFields(bytes)) {
    if (field.number === ENTRY.key) key = field.text();
    else if (field.number === ENTRY.value) value = field.text();
  }
  return [key, value];
}

function dimension(dim: OnnxInt): number {
  if (typeof dim === "bigint" || dim < 0) throw new OnnxFormatError(`A tensor has the dimension ${dim}.`);
  return dim;
}
