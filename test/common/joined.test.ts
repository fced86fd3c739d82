import { expect, it } from "vitest";
import { joinBytes, joinFloats } from "../../src/common/index.ts";

it("arrays are joined in their order into a new one, whatever their lengths", () => {
  const first = Uint8Array.of(1, 2);
  const all = joinBytes([first, new Uint8Array(0), Uint8Array.of(3)]);
  expect([...all]).toEqual([1, 2, 3]);
  all[0] = 9;
  expect(first[0]).toBe(1);
  expect(joinBytes([]).length).toBe(0);
  expect([...joinFloats([Float32Array.of(0.5), Float32Array.of(-1, 2)])]).toEqual([0.5, -1, 2]);
});
