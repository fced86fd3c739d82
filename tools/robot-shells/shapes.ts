import { type Point, type Surface, skin } from "./surface.ts";

export type Axis = "x" | "y" | "z";

/**
 * One cross-section of a loft: station along the axis, centre (u, v), half-widths (u, v), all m, and the exponent of
 * the superellipse |u/a|^n + |v/b|^n = 1: 2 is an ellipse, 4 a rounded box, 8 nearly a box. (u, v) is (y, z) along x,
 * (z, x) along y and (x, y) along z.
 */
export type Section = readonly [at: number, u: number, v: number, a: number, b: number, n: number];

export interface LoftOptions {
  /** Radius of the rounded edge at the first and last section, m. */
  readonly bevels?: readonly [number, number];
  /** Points around, and rings between two sections. */
  readonly segments?: number;
  readonly steps?: number;
}

/** A smooth shell through cross-sections given in rising order along an axis. */
export function loft(axis: Axis, sections: readonly Section[], options: LoftOptions = {}): Surface {
  const { bevels = [0.004, 0.004], segments = 18, steps = 2 } = options;
  const [first, last] = [sections[0], sections[sections.length - 1]];
  const body = densify(sections, steps).filter(
    ([at], i, all) =>
      i === 0 || i === all.length - 1 || (at > first[0] + bevels[0] && at < last[0] - bevels[1]),
  );
  const rings = [
    ...bevelled(first, bevels[0], -1).reverse(),
    ...body.slice(1, -1),
    ...bevelled(last, bevels[1], 1),
  ];
  return skin(rings.map((section) => ringOf(axis, section, segments)));
}

/** A body of revolution about an axis through `centre` (u, v): a profile of [station, radius] pairs. */
export function lathe(
  axis: Axis,
  centre: readonly [number, number],
  profile: readonly (readonly [number, number])[],
  segments = 16,
): Surface {
  const sections = profile.map(([at, r]): Section => [at, centre[0], centre[1], r, r, 2]);
  return skin(sections.map((section) => ringOf(axis, section, segments)));
}

/** A motor housing: a cylinder with rounded rims. */
export function disc(
  axis: Axis,
  centre: readonly [number, number],
  [from, to]: readonly [number, number],
  radius: number,
  bevel = 0.005,
  segments = 16,
): Surface {
  const rim = (end: number, inward: number): [number, number][] => [
    [end, radius - bevel],
    [end + inward * bevel * 0.3, radius - bevel * 0.3],
    [end + inward * bevel, radius],
  ];
  return lathe(axis, centre, [...rim(from, 1), ...rim(to, -1).reverse()], segments);
}

/** A motor's face: a disc with a ring groove and a raised hub on the side where `to` is. */
export function hub(
  axis: Axis,
  centre: readonly [number, number],
  [from, to]: readonly [number, number],
  radius: number,
): Surface {
  const out = Math.sign(to - from);
  const depth = 0.004 * out;
  const profile: [number, number][] = [
    [from, radius - 0.001],
    [to - out * 0.006, radius],
    [to, radius - 0.005],
    [to, radius * 0.72],
    [to - depth, radius * 0.66],
    [to - depth, radius * 0.54],
    [to - depth * 0.2, radius * 0.48],
  ];
  return lathe(axis, centre, out > 0 ? profile : profile.reverse(), 16);
}

/** A flat cover across an axis: centre and half-widths (u, v), with rounded rims. */
export function plate(
  axis: Axis,
  [from, to]: readonly [number, number],
  [u, v, a, b, n]: readonly [u: number, v: number, a: number, b: number, n: number],
  bevel = 0.003,
): Surface {
  const ends: Section[] = [
    [from, u, v, a, b, n],
    [to, u, v, a, b, n],
  ];
  return loft(axis, ends, { bevels: [bevel, bevel], steps: 1 });
}

/** A tube of elliptic section along a curve; `radii` are (across, towards `up`), m, and may change along it. */
export function sweep(
  path: readonly Point[],
  radii: (along: number) => readonly [number, number],
  up: Point,
  options: { readonly isLoop?: boolean; readonly segments?: number } = {},
): Surface {
  const { isLoop = false, segments = 7 } = options;
  const rings = path.map((point, i) => {
    const before = path[isLoop ? (i + path.length - 1) % path.length : Math.max(i - 1, 0)];
    const after = path[isLoop ? (i + 1) % path.length : Math.min(i + 1, path.length - 1)];
    const side = unit(cross(up, unit(minus(after, before))));
    const top = unit(cross(unit(minus(after, before)), side));
    const [a, b] = radii(i / (path.length - 1));
    return Array.from({ length: segments }, (_, k): Point => {
      const angle = (2 * Math.PI * k) / segments;
      const [p, q] = [a * Math.cos(angle), b * Math.sin(angle)];
      return [0, 1, 2].map((d) => point[d] + p * side[d] + q * top[d]) as unknown as Point;
    });
  });
  return skin(rings, isLoop);
}

/** A smooth curve through points (Catmull-Rom), `steps` pieces between two. */
export function curve(points: readonly Point[], steps = 6): Point[] {
  const at = (i: number) => points[Math.min(Math.max(i, 0), points.length - 1)];
  const path: Point[] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 0; k < steps; k++) {
      const t = k / steps;
      path.push([0, 1, 2].map((x) => catmullRom(a[x], b[x], c[x], d[x], t)) as unknown as Point);
    }
  }
  return [...path, at(points.length)];
}

function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/** Sections between the given ones: each column follows a cubic that never overshoots its key values. */
function densify(sections: readonly Section[], steps: number): Section[] {
  const dense: Section[] = [];
  for (let i = 0; i + 1 < sections.length; i++) {
    for (let k = 0; k < steps; k++) {
      const t = k / steps;
      dense.push([0, 1, 2, 3, 4, 5].map((column) => between(sections, column, i, t)) as unknown as Section);
    }
  }
  return [...dense, sections[sections.length - 1]];
}

function between(sections: readonly Section[], column: number, i: number, t: number): number {
  const [from, to] = [sections[i][column], sections[i + 1][column]];
  if (column === 0) return from + t * (to - from);
  const width = sections[i + 1][0] - sections[i][0];
  const [m0, m1] = [slope(sections, column, i) * width, slope(sections, column, i + 1) * width];
  const [t2, t3] = [t * t, t * t * t];
  return (2 * t3 - 3 * t2 + 1) * from + (t3 - 2 * t2 + t) * m0 + (3 * t2 - 2 * t3) * to + (t3 - t2) * m1;
}

/** Fritsch-Butland tangent: the harmonic mean of the neighbouring slopes, 0 at a turning point or an end. */
function slope(sections: readonly Section[], column: number, i: number): number {
  const [before, at, after] = [sections[i - 1], sections[i], sections[i + 1]];
  if (before === undefined || after === undefined) return 0;
  const left = (at[column] - before[column]) / (at[0] - before[0]);
  const right = (after[column] - at[column]) / (after[0] - at[0]);
  return left * right <= 0 ? 0 : (2 * left * right) / (left + right);
}

/** The rings of a rounded edge, from the section inwards of the end to the flat end itself. */
function bevelled(section: Section, radius: number, out: 1 | -1): Section[] {
  const [at, u, v, a, b, n] = section;
  const count = radius > 0.012 ? 4 : 2;
  return Array.from({ length: count + 1 }, (_, k): Section => {
    const angle = ((k / count) * Math.PI) / 2;
    const inset = radius * (1 - Math.cos(angle));
    const station = at - out * radius * (1 - Math.sin(angle));
    return [station, u, v, Math.max(a - inset, 1e-4), Math.max(b - inset, 1e-4), n];
  });
}

function ringOf(axis: Axis, [at, u, v, a, b, n]: Section, segments: number): Point[] {
  return Array.from({ length: segments }, (_, k): Point => {
    const angle = (2 * Math.PI * k) / segments;
    const p = u + a * power(Math.cos(angle), 2 / n);
    const q = v + b * power(Math.sin(angle), 2 / n);
    if (axis === "x") return [at, p, q];
    return axis === "y" ? [q, at, p] : [p, q, at];
  });
}

const power = (x: number, exponent: number): number => Math.sign(x) * Math.abs(x) ** exponent;
const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Point): Point => {
  const length = Math.hypot(...a);
  return [a[0] / length, a[1] / length, a[2] / length];
};
