import { UsageError } from "../../common/index.ts";

/** Several arrays behind one another in a new one. */
export function pack(arrays: readonly Float64Array[]): Float64Array {
  const packed = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    packed.set(array, at);
    at += array.length;
  }
  return packed;
}

/** Fills the arrays in turn from what `pack` made of arrays of the same lengths; throws `UsageError` for other lengths. */
export function unpack(packed: Float64Array, arrays: readonly Float64Array[]): void {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  if (packed.length !== length) {
    throw new UsageError(
      `A part of the snapshot has ${packed.length} numbers where this robot and configuration have ${length}.`,
      "Restore a snapshot into a plant of the robot and configuration that it was taken from.",
    );
  }
  let at = 0;
  for (const array of arrays) {
    array.set(packed.subarray(at, at + array.length));
    at += array.length;
  }
}
