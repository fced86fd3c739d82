import { expect, it } from "vitest";
import { WeightAverage } from "../../../src/learn/ppo/weight-average.ts";

it("is the mean of all iterations at first, and then forgets the old ones", () => {
  const average = new WeightAverage(1, 0.75);
  const seen = [8, 4, 6, 2].map((weight, i) => {
    average.add(Float32Array.of(weight), i + 1);
    return average.values[0];
  });
  expect(seen).toEqual([8, 6, 6, 5]);
  average.add(Float32Array.of(1), 5); // a quarter, no longer a fifth
  expect(average.values[0]).toBe(4);
});

it("is the newest weights where nothing is kept of the old ones", () => {
  const average = new WeightAverage(2, 0);
  average.add(Float32Array.of(1, 2), 1);
  average.add(Float32Array.of(3, -4), 2);
  expect([...average.values]).toEqual([3, -4]);
});
