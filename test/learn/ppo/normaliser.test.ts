import { expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Normaliser } from "../../../src/learn/ppo/normaliser.ts";

it("a normaliser leaves observations alone until it has seen some", () => {
  const normaliser = new Normaliser(2);
  expect([...normaliser.mean, ...normaliser.scale]).toEqual([0, 0, 1, 1]);
});

it("a normaliser that sees a sample in pieces ends like one that sees it whole", () => {
  const rng = new Rng(1);
  const rows = Float32Array.from({ length: 300 }, (_, i) => rng.normal(i % 3, 1 + (i % 3)));
  const whole = new Normaliser(3);
  const pieces = new Normaliser(3);
  whole.update(rows);
  for (const [from, to] of [
    [0, 30],
    [30, 33],
    [33, 300],
  ])
    pieces.update(rows.subarray(from, to));
  for (let i = 0; i < 3; i++) {
    expect(pieces.mean[i]).toBeCloseTo(whole.mean[i], 5);
    expect(pieces.scale[i]).toBeCloseTo(whole.scale[i], 5);
    expect(whole.mean[i]).toBeCloseTo(i, 0);
    expect(1 / whole.scale[i]).toBeCloseTo(1 + i, 0);
  }
});
