import { describe, expect, it } from "vitest";
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

describe("an observation that is known to vary more later", () => {
  const resting = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 0.01 : -0.01));

  it("is scaled by what it will vary by while it rests", () => {
    const normaliser = new Normaliser(1, Float64Array.of(0.3));
    normaliser.update(resting);
    expect(1 / normaliser.scale[0]).toBeCloseTo(0.31, 6);
    expect(normaliser.mean[0]).toBeCloseTo(0, 6);
  });

  it("is scaled by what it varies by once that is more", () => {
    const normaliser = new Normaliser(1, Float64Array.of(0.3));
    normaliser.update(resting.map((value) => 100 * value));
    expect(1 / normaliser.scale[0]).toBeCloseTo(1.01, 6);
  });

  it("is scaled the same after a checkpoint", () => {
    const normaliser = new Normaliser(1, Float64Array.of(0.3));
    normaliser.update(resting);
    const resumed = new Normaliser(1, Float64Array.of(0.3));
    resumed.state = normaliser.state;
    expect(resumed.scale).toEqual(normaliser.scale);
  });

  it("stays scaled as weights that are adopted have learnt to see it", () => {
    const normaliser = new Normaliser(1, Float64Array.of(0.3));
    normaliser.adopt(Float64Array.of(0.5), Float64Array.of(20));
    normaliser.update(resting);
    expect(normaliser.scale[0]).toBeCloseTo(20, 2);
    expect(normaliser.mean[0]).toBeCloseTo(0.5, 5);
  });
});
