import { describe, expect, it } from "vitest";
import { portableMath, Rng } from "../../src/common/index.ts";

type Unary = (x: number) => number;

/** The greatest error over a seeded sweep; relative where the value is not small, so zeros count absolutely. */
function worst(ours: Unary, theirs: Unary, inputs: Iterable<number>, floor: number): number {
  let worst = 0;
  for (const x of inputs) {
    const expected = theirs(x);
    worst = Math.max(worst, Math.abs(ours(x) - expected) / Math.max(floor, Math.abs(expected)));
  }
  return worst;
}

function* uniform(low: number, high: number, count = 20_000): Generator<number> {
  const rng = new Rng(1);
  for (let i = 0; i < count; i++) yield rng.uniform(low, high);
}

/** Positive numbers of every magnitude that a double has. */
function* everyMagnitude(count = 20_000): Generator<number> {
  const rng = new Rng(2);
  for (let i = 0; i < count; i++) yield rng.uniform(1, 10) * 10 ** Math.floor(rng.uniform(-307, 308));
}

describe("sine and cosine", () => {
  it.each([
    ["one turn", 2 * Math.PI],
    ["a minute of gait", 500],
    ["the whole stated range", 1e5],
  ])("are within 3e-16 over %s", (_, range) => {
    expect(worst(portableMath.sin, Math.sin, uniform(-range, range), 1)).toBeLessThan(3e-16);
    expect(worst(portableMath.cos, Math.cos, uniform(-range, range), 1)).toBeLessThan(3e-16);
  });

  it("have the exact values at zero, and the signs of their quadrants", () => {
    expect(portableMath.sin(0)).toBe(0);
    expect(portableMath.sin(-0)).toBe(-0);
    expect(portableMath.cos(0)).toBe(1);
    const signs = [0.5, 2, 4, 5.5].map((x) => [
      Math.sign(portableMath.sin(x)),
      Math.sign(portableMath.cos(x)),
    ]);
    expect(signs).toEqual([
      [1, 1],
      [1, -1],
      [-1, -1],
      [-1, 1],
    ]);
  });

  it("stay small where they should vanish, at multiples of pi", () => {
    for (let n = -1000; n <= 1000; n++) {
      expect(Math.abs(portableMath.sin(n * Math.PI) - Math.sin(n * Math.PI))).toBeLessThan(3e-16);
    }
  });

  it("are odd and even, bit for bit", () => {
    for (const x of uniform(0, 1000, 2000)) {
      // At the exact boundary between quadrants rounding may differ; a random angle never lies there.
      expect(portableMath.sin(-x)).toBe(-portableMath.sin(x));
      expect(portableMath.cos(-x)).toBe(portableMath.cos(x));
    }
  });

  it("have no value at infinity", () => {
    for (const x of [Infinity, -Infinity, NaN]) {
      expect(portableMath.sin(x)).toBeNaN();
      expect(portableMath.cos(x)).toBeNaN();
    }
  });
});

describe("the exponential", () => {
  it("is within 1e-15 of its value from the smallest normal number to the largest", () => {
    expect(worst(portableMath.exp, Math.exp, uniform(-708, 709.78), 0)).toBeLessThan(1e-15);
    expect(worst(portableMath.exp, Math.exp, uniform(-1, 1), 0)).toBeLessThan(5e-16);
  });

  it("rounds once where the result is subnormal", () => {
    for (const x of uniform(-745.1, -708.4, 2000)) {
      expect(Math.abs(portableMath.exp(x) - Math.exp(x))).toBeLessThanOrEqual(
        Math.max(5e-324, 1e-15 * Math.exp(x)),
      );
    }
  });

  it.each([
    [0, 1],
    [-0, 1],
    [-Infinity, 0],
    [-746, 0],
    [-745.1332191019411, 5e-324],
    [710, Infinity],
    [Infinity, Infinity],
    [NaN, NaN],
  ])("of %d is %d", (x, expected) => {
    expect(portableMath.exp(x)).toBe(expected);
  });

  it("does not jump to infinity early", () => {
    expect(portableMath.exp(709.782712893384) / 1.797693134862273e308).toBeCloseTo(1, 12);
  });
});

describe("the logarithm", () => {
  it("is within 1e-15 of its value for numbers of every magnitude", () => {
    expect(worst(portableMath.log, Math.log, everyMagnitude(), 0)).toBeLessThan(1e-15);
    expect(worst(portableMath.log, Math.log, uniform(0.5, 2), 0)).toBeLessThan(1e-15);
    expect(worst(portableMath.log, Math.log, [5e-324, 2e-310, Number.MAX_VALUE], 0)).toBeLessThan(1e-15);
  });

  it.each([
    [1, 0],
    [0, -Infinity],
    [-0, -Infinity],
    [-1, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
  ])("of %d is %d", (x, expected) => {
    expect(portableMath.log(x)).toBe(expected);
  });

  it("undoes the exponential", () => {
    for (const x of uniform(-700, 700, 2000))
      expect(portableMath.log(portableMath.exp(x))).toBeCloseTo(x, 11);
  });
});

describe("the arc functions", () => {
  it("give the angle of points all around and at every distance, within 1e-15 of its value", () => {
    const rng = new Rng(3);
    let most = 0;
    for (let i = 0; i < 20_000; i++) {
      const angle = rng.uniform(-Math.PI, Math.PI);
      const radius = 10 ** Math.floor(rng.uniform(-150, 150));
      const [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
      const expected = Math.atan2(y, x);
      most = Math.max(most, Math.abs(portableMath.atan2(y, x) - expected) / Math.abs(expected));
    }
    expect(most).toBeLessThan(1e-15);
  });

  it.each([
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, Math.PI / 2],
    [-1, 0, -Math.PI / 2],
    [0, -1, Math.PI],
    [-0, -1, Math.PI],
    [1, 1, Math.PI / 4],
    [-1, -1, (-3 * Math.PI) / 4],
  ])("atan2(%d, %d) is %d", (y, x, expected) => {
    expect(portableMath.atan2(y, x)).toBeCloseTo(expected, 15);
  });

  it("give the arc sine within 1e-15, and clamp what rounding has carried beyond 1", () => {
    expect(worst(portableMath.asin, Math.asin, uniform(-1, 1), 0)).toBeLessThan(1e-15);
    expect(portableMath.asin(1 + 1e-12)).toBe(Math.PI / 2);
    expect(portableMath.asin(-1 - 1e-12)).toBe(-Math.PI / 2);
    expect(portableMath.asin(NaN)).toBeNaN();
  });
});

describe("portability", () => {
  it("gives exactly these bits, recorded once, in every engine", () => {
    // Remake with the values that a failure prints, after checking the accuracy tests above.
    const bits = (x: number) => Buffer.from(Float64Array.of(x).buffer).readBigUInt64LE().toString(16);
    const { sin, cos, exp, log, atan2, asin } = portableMath;
    expect([sin(1), cos(1), sin(1e4), exp(1), exp(-20), log(10), atan2(1, 3), asin(0.3)].map(bits)).toEqual([
      "3feaed548f090cee",
      "3fe14a280fb5068c",
      "bfd38f2fa75d9289",
      "4005bf0a8b14576a",
      "3e21b48655f37267",
      "40026bb1bbb55516",
      "3fd4978fa3269ee1",
      "3fd380159e14f6fe",
    ]);
  });
});
