/** A point or direction in a link's frame, m: x forward, y left, z up. */
export type Point = readonly [number, number, number];

/** A closed triangle mesh; faces run counter-clockwise seen from outside. */
export interface Surface {
  readonly points: readonly Point[];
  readonly faces: readonly Point[];
}

/**
 * The closed surface through rings of equally many points, each counter-clockwise seen from where the rings lead to.
 * The ends are closed with a fan, or joined to each other where `isLoop`.
 */
export function skin(rings: readonly (readonly Point[])[], isLoop = false): Surface {
  const points = rings.flat();
  const faces: Point[] = [];
  const size = rings[0]?.length ?? 0;
  const bands = isLoop ? rings.length : rings.length - 1;
  for (let ring = 0; ring < bands; ring++) {
    const next = (ring + 1) % rings.length;
    for (let i = 0; i < size; i++) {
      const j = (i + 1) % size;
      const [a, b, c, d] = [ring * size + i, ring * size + j, next * size + j, next * size + i];
      faces.push([a, b, c], [a, c, d]);
    }
  }
  if (!isLoop) {
    closeEnd(points, faces, 0, size, true);
    closeEnd(points, faces, (rings.length - 1) * size, size, false);
  }
  return { points, faces };
}

function closeEnd(points: Point[], faces: Point[], first: number, size: number, isStart: boolean): void {
  const ring = points.slice(first, first + size);
  const mean = (axis: 0 | 1 | 2) => ring.reduce((sum, point) => sum + point[axis], 0) / size;
  const centre = points.push([mean(0), mean(1), mean(2)]) - 1;
  for (let i = 0; i < size; i++) {
    const [a, b] = [first + i, first + ((i + 1) % size)];
    faces.push(isStart ? [centre, b, a] : [centre, a, b]);
  }
}

/** Several surfaces as one; they may interpenetrate. */
export function merge(...surfaces: readonly Surface[]): Surface {
  const points: Point[] = [];
  const faces: Point[] = [];
  for (const surface of surfaces) {
    const offset = points.length;
    points.push(...surface.points);
    faces.push(...surface.faces.map(([a, b, c]): Point => [a + offset, b + offset, c + offset]));
  }
  return { points, faces };
}

/** The surface turned by `angle` (rad) about an axis through the origin, then moved. */
export function place(surface: Surface, move: Point, axis: "x" | "y" | "z" = "x", angle = 0): Surface {
  const [u, v] = { x: [1, 2], y: [2, 0], z: [0, 1] }[axis];
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = (point: Point): Point => {
    const turned: [number, number, number] = [...point];
    turned[u] = c * point[u] - s * point[v];
    turned[v] = s * point[u] + c * point[v];
    return [turned[0] + move[0], turned[1] + move[1], turned[2] + move[2]];
  };
  return { points: surface.points.map(turn), faces: surface.faces };
}

/** The surface seen in the mirror y = 0. */
export function mirror(surface: Surface): Surface {
  return {
    points: surface.points.map(([x, y, z]): Point => [x, -y, z]),
    faces: surface.faces.map(([a, b, c]): Point => [a, c, b]),
  };
}

/** The surface and its mirror image. */
export const bothSides = (surface: Surface): Surface => merge(surface, mirror(surface));

/** Wavefront OBJ text with positions to a tenth of a millimetre; the engine computes the normals. */
export function toObj(surface: Surface, comment: string): string {
  const vertices = surface.points.map((point) => `v ${point.map((x) => Number(x.toFixed(4))).join(" ")}`);
  const faces = surface.faces.map((face) => `f ${face.map((i) => i + 1).join(" ")}`);
  return [`# ${comment}`, ...vertices, ...faces, ""].join("\n");
}
