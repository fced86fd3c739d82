import type { Part } from "../../common/index.ts";
import { float32Tensor } from "../onnx/index.ts";
import type { TensorValue } from "../runtime.ts";

/** A view of a part's rows, of an array with rows of `size`. */
export function rowsIn(data: Float32Array, { first, count }: Part, size: number): Float32Array {
  return data.subarray(first * size, (first + count) * size);
}

/** An array as a matrix with rows of `size`. */
export function rowsOf(data: Float32Array, size: number): TensorValue {
  return float32Tensor("", [data.length / size, size], data);
}
