import { describe, expect, it } from "vitest";
import {
  decodeTensorFile,
  encodeTensorFile,
  type TensorFile,
  TensorFileError,
} from "../../src/learn/tensor-file.ts";

const FILE: TensorFile = {
  tensors: {
    flags: { type: "bool", dims: [3], data: Uint8Array.of(1, 0, 1) },
    weights: { type: "float32", dims: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 3e38) },
    moments: { type: "float64", dims: [1], data: Float64Array.of(Math.PI) },
    count: { type: "int64", dims: [], data: BigInt64Array.of(2n ** 60n) },
    nothing: { type: "int32", dims: [0], data: new Int32Array(0) },
  },
  metadata: { state: '{"π": 1}' },
};

describe("a tensor file", () => {
  it("gives back what was put in, bit by bit", () => {
    const file = decodeTensorFile(encodeTensorFile(FILE));
    expect(file.metadata).toEqual(FILE.metadata);
    for (const [name, tensor] of Object.entries(FILE.tensors)) expect(file.tensors[name]).toEqual(tensor);
  });

  it("is laid out as safetensors: header length, JSON header, values at the offsets it names", () => {
    const bytes = encodeTensorFile({
      tensors: { x: { type: "float32", dims: [1], data: Float32Array.of(1.5) } },
      metadata: {},
    });
    const view = new DataView(bytes.buffer);
    const length = Number(view.getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(header).toEqual({ __metadata__: {}, x: { dtype: "F32", shape: [1], data_offsets: [0, 4] } });
    expect(view.getFloat32(8 + length, true)).toBe(1.5);
  });

  it("reads what Node reads from a disk, and keeps copies", () => {
    const bytes = Buffer.from(encodeTensorFile(FILE));
    const file = decodeTensorFile(bytes);
    bytes.fill(0);
    for (const [name, tensor] of Object.entries(FILE.tensors)) expect(file.tensors[name]).toEqual(tensor);
  });

  it("reads bytes that begin anywhere in their buffer", () => {
    const bytes = encodeTensorFile(FILE);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeTensorFile(shifted.subarray(3)).tensors.moments).toEqual(FILE.tensors.moments);
  });

  it("refuses every shortened file", () => {
    const bytes = encodeTensorFile(FILE);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeTensorFile(bytes.subarray(0, length))).toThrow(TensorFileError);
  });

  it.each([
    ["no object", "3"],
    ["an unknown type", '{"x":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}'],
    ["offsets that contradict the shape", '{"x":{"dtype":"F32","shape":[9],"data_offsets":[0,4]}}'],
    ["no shape", '{"x":{"dtype":"F32","data_offsets":[0,4]}}'],
    ["an entry that is no object", '{"x":null}'],
  ])("refuses a header with %s", (_, header) => {
    const bytes = new Uint8Array(8 + header.length + 8);
    bytes.set(new TextEncoder().encode(header), 8);
    bytes[0] = header.length;
    expect(() => decodeTensorFile(bytes)).toThrow(TensorFileError);
  });
});
