/**
 * An ONNX model as plain data. Field names follow onnx.proto where they mean the same. Each message keeps in `extra`
 * the encoded fields that we do not model (doc strings, training info, functions ...), and writes them back verbatim.
 */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: readonly OnnxOpset[];
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph: OnnxGraph;
  readonly metadata: Readonly<Record<string, string>>;
  readonly extra?: Uint8Array;
}

/** Which version of which operator set a model uses; the standard operators' domain is "". */
export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

/** Nodes in an order in which every input is computed before it is used. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfo?: readonly OnnxValueInfo[];
  readonly extra?: Uint8Array;
}

/** One operator. An empty name among `inputs` or `outputs` leaves an optional one out. */
export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly name?: string;
  /** Operator set; the standard one when absent. */
  readonly domain?: string;
  readonly extra?: Uint8Array;
}

/** A 64-bit integer: a number where it is exact, a bigint beyond 2^53. */
export type OnnxInt = number | bigint;

/** An attribute's value; build one with `attribute`. `encoded` is a whole AttributeProto of a kind we do not model. */
export type OnnxAttribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: OnnxInt }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly OnnxInt[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "encoded"; readonly value: Uint8Array };

/** Short ways to write attributes: `{ axis: attribute.int(1) }`. */
export const attribute = {
  float: (value: number): OnnxAttribute => ({ kind: "float", value }),
  int: (value: OnnxInt): OnnxAttribute => ({ kind: "int", value }),
  string: (value: string): OnnxAttribute => ({ kind: "string", value }),
  tensor: (value: OnnxTensor): OnnxAttribute => ({ kind: "tensor", value }),
  graph: (value: OnnxGraph): OnnxAttribute => ({ kind: "graph", value }),
  floats: (value: readonly number[]): OnnxAttribute => ({ kind: "floats", value }),
  ints: (value: readonly OnnxInt[]): OnnxAttribute => ({ kind: "ints", value }),
  strings: (value: readonly string[]): OnnxAttribute => ({ kind: "strings", value }),
};

/** A dimension: a length, a symbol such as "batch", or null where nothing is known. */
export type OnnxDim = number | string | null;

/** A graph input, output or intermediate: absent `type` means unknown, absent `shape` unknown rank. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type?: OnnxElementType;
  readonly shape?: readonly OnnxDim[];
  readonly extra?: Uint8Array;
}

/**
 * Element types by the number that files use, with the array that holds their values here. Half precision stays as
 * its 16-bit patterns and booleans as bytes.
 */
export const ONNX_ELEMENT_TYPES = {
  float32: { code: 1, array: Float32Array },
  uint8: { code: 2, array: Uint8Array },
  int8: { code: 3, array: Int8Array },
  uint16: { code: 4, array: Uint16Array },
  int16: { code: 5, array: Int16Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  float64: { code: 11, array: Float64Array },
  uint32: { code: 12, array: Uint32Array },
  uint64: { code: 13, array: BigUint64Array },
  bfloat16: { code: 16, array: Uint16Array },
} as const;

export type OnnxElementType = keyof typeof ONNX_ELEMENT_TYPES;

export type OnnxTensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array;

/** A constant array, row-major; `data` has the element type's array and as many values as `dims` multiply to. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly dims: readonly number[];
  readonly data: OnnxTensorData;
  readonly extra?: Uint8Array;
}

/** A float32 tensor; a plain list of numbers is rounded to float32. */
export function float32Tensor(name: string, dims: readonly number[], data: ArrayLike<number>): OnnxTensor {
  return {
    name,
    type: "float32",
    dims,
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  };
}

/** An int64 tensor, as shapes, axes and indices are; a vector unless `dims` say otherwise. */
export function int64Tensor(
  name: string,
  values: readonly OnnxInt[],
  dims: readonly number[] = [values.length],
): OnnxTensor {
  return { name, type: "int64", dims, data: BigInt64Array.from(values, BigInt) };
}

/** How many values an array of these dimensions has; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((count, dim) => count * dim, 1);
}
