import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { smoothNoise } from "../../../src/sim/camera/studio/smooth-noise.ts";

const SIZE = 32;
const half = (pixel: number) => (pixel % SIZE < SIZE / 2 ? 0 : 1);
const pixels = [...Array(SIZE * SIZE).keys()];

function picture(value: (pixel: number) => number): Float32Array {
  return Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => value(Math.floor(i / 3)));
}

function deviation(values: number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe("smoothing the noise of a still", () => {
  it("takes out most of the grain and keeps the mean", () => {
    const rng = new Rng(3);
    const linear = picture(() => 0.5 + rng.normal(0, 0.01));
    smoothNoise(SIZE, SIZE, linear, new Int32Array(SIZE * SIZE));
    const values = [...linear];
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 3);
    expect(deviation(values, 0.5)).toBeLessThan(0.004);
  });

  it("leaves an edge in a surface's colour untouched", () => {
    const linear = picture((pixel) => (half(pixel) ? 0.6 : 0.4));
    const before = linear.slice();
    smoothNoise(SIZE, SIZE, linear, new Int32Array(SIZE * SIZE));
    for (const [i, value] of linear.entries()) expect(value).toBeCloseTo(before[i], 6);
  });

  it("never mixes two surfaces, however alike their colours", () => {
    const linear = picture((pixel) => (half(pixel) ? 0.5 : 0.505));
    smoothNoise(SIZE, SIZE, linear, Int32Array.from(pixels, half));
    for (const pixel of pixels) expect(linear[3 * pixel]).toBeCloseTo(half(pixel) ? 0.5 : 0.505, 6);
  });
});
