import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { segmentDistance } from "../../src/common/index.ts";

const distance = (a: number[], b: number[]) =>
  segmentDistance(Float64Array.from([...a, ...b]), 0, Float64Array.from([...a, ...b]), 6);

describe("the distance between two segments", () => {
  it("is that between the lines where they are skew, and between ends where these are nearest", () => {
    expect(distance([-1, 0, 0, 1, 0, 0], [0, -1, 0.5, 0, 1, 0.5])).toBe(0.5);
    expect(distance([0, 0, 0, 1, 0, 0], [4, 4, 0, 9, 4, 0])).toBe(5);
    expect(distance([0, 0, 0, 1, 0, 0], [0.5, 2, 0, 3, 2, 0])).toBe(2);
  });

  it("is measured to the nearest place of a segment from a point, on either side", () => {
    const point = [2, 3, 0, 2, 3, 0];
    expect(distance([0, 0, 0, 4, 0, 0], point)).toBe(3);
    expect(distance(point, [0, 0, 0, 4, 0, 0])).toBe(3);
    expect(distance(point, [2, 3, 1, 2, 3, 1])).toBe(1);
  });

  it("is right for segments that are shorter than a micrometre or all but parallel", () => {
    expect(distance([-2e-8, 0, 0, 1e-8, 0, 0], [0, 0, 0, 0, 0, 0])).toBe(0);
    expect(distance([-1, 0, 0, 1, 0, 0], [-1, -1e-8, 0, 1, 1e-8, 0])).toBeLessThan(1e-15);
    expect(distance([-1, 0, 0, 1, 0, 0], [-1, -1e-8, 3, 1, 1e-8, 3])).toBe(3);
  });

  it("is never above that of any two of their points", () => {
    const ends = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const at = (s: number[], t: number) => [0, 1, 2].map((k) => s[k] + t * (s[k + 3] - s[k]));
    fc.assert(
      fc.property(ends, ends, share, share, (a, b, s, t) => {
        const [p, q] = [at(a, s), at(b, t)];
        expect(distance(a, b)).toBeLessThanOrEqual(Math.hypot(...p.map((x, k) => x - q[k])) + 1e-9);
      }),
    );
  });
});
