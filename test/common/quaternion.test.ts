import { describe, expect, it } from "vitest";
import {
  angleBetween,
  fromYaw,
  multiply,
  projectedGravity,
  Rng,
  rotate,
  rotateInverse,
  toRollPitchYaw,
  type Vector,
  yawOf,
} from "../../src/common/index.ts";

type Quat = [number, number, number, number];

/** Rotation by an angle, rad, about a unit axis. */
const about = (axis: "x" | "y" | "z", angle: number): Quat => {
  const quat: Quat = [Math.cos(angle / 2), 0, 0, 0];
  quat[{ x: 1, y: 2, z: 3 }[axis]] = Math.sin(angle / 2);
  return quat;
};

/** Uniform over all orientations (Shoemake). */
function randomQuat(rng: Rng): Quat {
  const [u, v, w] = [rng.uniform(), 2 * Math.PI * rng.uniform(), 2 * Math.PI * rng.uniform()];
  const [a, b] = [Math.sqrt(1 - u), Math.sqrt(u)];
  return [a * Math.sin(v), a * Math.cos(v), b * Math.sin(w), b * Math.cos(w)];
}

/** The textbook matrix, rows first: the independent road. */
function matrixOf([w, x, y, z]: Quat): number[][] {
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

const apply = (matrix: number[][], v: Vector) =>
  matrix.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]);
const transpose = (m: number[][]) => m.map((_, i) => m.map((row) => row[i]));

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-14): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(actual[i] - expected[i])).toBeLessThan(tolerance);
}

const rng = new Rng(1);
const cases = Array.from({ length: 500 }, () => ({
  q: randomQuat(rng),
  p: randomQuat(rng),
  v: [rng.normal(), rng.normal(), rng.normal()] as [number, number, number],
}));

describe("rotating a vector", () => {
  it("is the textbook matrix, and its inverse is the transpose", () => {
    for (const { q, v } of cases) {
      expectClose(rotate(q, v, [0, 0, 0]), apply(matrixOf(q), v));
      expectClose(rotateInverse(q, v, [0, 0, 0]), apply(transpose(matrixOf(q)), v));
    }
  });

  it("turns x to y by a quarter turn to the left", () => {
    expectClose(rotate(about("z", Math.PI / 2), [1, 0, 0], [0, 0, 0]), [0, 1, 0]);
    expectClose(rotateInverse(about("z", Math.PI / 2), [0, 1, 0], [0, 0, 0]), [1, 0, 0]);
  });

  it("may write where it reads", () => {
    for (const { q, v } of cases.slice(0, 20)) {
      const own = Float64Array.from(v);
      expectClose(rotate(q, own, own), apply(matrixOf(q), v));
      expectClose(rotateInverse(q, own, own), v);
    }
  });
});

describe("multiplying", () => {
  it("rotates first by the right factor, then by the left", () => {
    for (const { q, p, v } of cases) {
      const inTurn = rotate(q, rotate(p, v, [0, 0, 0]), [0, 0, 0]);
      expectClose(rotate(multiply(q, p, [0, 0, 0, 0]), v, [0, 0, 0]), inTurn);
    }
  });

  it("may write into either factor", () => {
    const { q, p } = cases[0];
    const expected = multiply(q, p, [0, 0, 0, 0]);
    const [left, right] = [Float64Array.from(q), Float64Array.from(p)];
    expectClose(multiply(left, p, left), expected);
    expectClose(multiply(q, right, right), expected);
  });
});

describe("projected gravity", () => {
  const gravity = (quat: Quat) => projectedGravity(quat, [0, 0, 0]);

  it("points down while upright, whatever the heading", () => {
    for (const yaw of [0, 1, -2.5]) expectClose(gravity(about("z", yaw)), [0, 0, -1]);
  });

  it("has the signs of ALMI's deployment loop", () => {
    for (const { q } of cases) {
      const [w, x, y, z] = q;
      expectClose(gravity(q), [2 * (w * y - x * z), -2 * (y * z + w * x), 1 - 2 * (w * w + z * z)]);
    }
  });

  it("is the world's down direction in the body frame", () => {
    for (const { q } of cases) expectClose(gravity(q), rotateInverse(q, [0, 0, -1], [0, 0, 0]));
  });

  it("moves to the front when pitching forward, to the right (-y) when rolling right", () => {
    expectClose(gravity(about("y", 0.3)), [Math.sin(0.3), 0, -Math.cos(0.3)]);
    expectClose(gravity(about("x", 0.3)), [0, -Math.sin(0.3), -Math.cos(0.3)]);
  });
});

describe("angles", () => {
  it("build an orientation of a heading and read it back", () => {
    for (let yaw = -3.1; yaw < 3.14; yaw += 0.1) {
      expectClose(fromYaw(yaw), about("z", yaw));
      expect(yawOf(fromYaw(yaw))).toBeCloseTo(yaw, 14);
    }
  });

  it("take roll, pitch and yaw apart as they were put together: yaw, then pitch, then roll", () => {
    for (let i = 0; i < 300; i++) {
      const [roll, pitch, yaw] = [rng.uniform(-3.1, 3.1), rng.uniform(-1.5, 1.5), rng.uniform(-3.1, 3.1)];
      const quat = multiply(
        multiply(about("z", yaw), about("y", pitch), [0, 0, 0, 0]),
        about("x", roll),
        [0, 0, 0, 0],
      );
      expectClose(toRollPitchYaw(quat), [roll, pitch, yaw], 1e-12);
      expect(yawOf(quat)).toBeCloseTo(yaw, 12);
    }
  });

  it("stay finite when the nose points straight up and rounding carries the sine beyond 1", () => {
    const half = Math.SQRT1_2 * (1 + 1e-12);
    expectClose(toRollPitchYaw([half, 0, half, 0]).slice(1, 2), [Math.PI / 2], 1e-5);
  });

  it("between two orientations are those of the rotation that leads from one to the other", () => {
    for (const { q } of cases.slice(0, 100)) {
      const angle = rng.uniform(0, Math.PI);
      const turned = multiply(q, about("y", angle), [0, 0, 0, 0]);
      expect(angleBetween(q, turned)).toBeCloseTo(angle, 12);
      expect(
        angleBetween(
          turned,
          q.map((c) => -c),
        ),
      ).toBeCloseTo(angle, 12);
    }
    expect(angleBetween([1, 0, 0, 0], about("x", 1e-9))).toBeCloseTo(1e-9, 18);
  });
});
