import { curve, disc, loft, type Section, sweep } from "./shapes.ts";
import { bothSides, merge, type Point, place, type Surface } from "./surface.ts";

/** What differs between the trunks of H1 and H1-2: shoulder position in the torso frame, m, its tilt, rad, and the crown's height, m. */
export interface TrunkShape {
  readonly shoulder: Point;
  readonly shoulderTilt: number;
  readonly shoulderRadius: number;
  readonly crown: number;
}

/** Pelvis, torso and head as shells by material, in the frames of pelvis and torso (which coincide at zero waist angle). */
export function trunkShells(shape: TrunkShape): Record<string, Surface> {
  return {
    pelvis: pelvisShell(),
    pelvis_dark: merge(
      disc("z", [0, 0], [-0.02, 0.009], 0.066),
      bothSides(disc("z", [0, 0.0875], [-0.086, -0.06], 0.056)),
    ),
    torso: torsoShell(),
    torso_dark: merge(torsoTrim(), neck(), bothSides(shoulderMount(shape))),
    head: merge(crown(shape.crown), faceRing()),
    head_dark: merge(underCrown(), disc("z", [0.05, 0], [0.642, 0.69], 0.021, 0.012)),
    head_glow: merge(faceLight(), chestLight()),
  };
}

function pelvisShell(): Surface {
  const half: Section[] = [
    [-0.1534, -0.043, 0, 0.032, 0.05, 2.6],
    [-0.11, -0.042, 0, 0.039, 0.06, 2.9],
    [-0.05, -0.036, 0, 0.037, 0.067, 3.4],
  ];
  const middle: Section = [0, -0.031, 0, 0.034, 0.069, 3.6];
  const mirrored = half.map(([at, ...rest]): Section => [-at, ...rest]).reverse();
  return loft("y", [...half, middle, ...mirrored], { bevels: [0.026, 0.026], segments: 24 });
}

function torsoShell(): Surface {
  return loft(
    "z",
    [
      [0.028, -0.012, 0, 0.05, 0.092, 5],
      [0.075, -0.013, 0, 0.058, 0.104, 6],
      [0.3, -0.013, 0, 0.06, 0.11, 7],
      [0.43, -0.013, 0, 0.059, 0.109, 7],
      [0.482, -0.013, 0, 0.054, 0.1, 6],
    ],
    { bevels: [0.012, 0.018], segments: 28, steps: 2 },
  );
}

/** Waist motor, the inset plates of chest and back, and the plate under the neck. */
function torsoTrim(): Surface {
  const chest: Section[] = [
    [0.03, 0, 0.335, 0.076, 0.09, 6],
    [0.0485, 0, 0.335, 0.076, 0.09, 6],
  ];
  const back: Section[] = [
    [-0.0745, 0, 0.245, 0.08, 0.16, 8],
    [-0.05, 0, 0.245, 0.08, 0.16, 8],
  ];
  return merge(
    disc("z", [0, 0], [0, 0.034], 0.07),
    loft("x", chest, { bevels: [0.001, 0.002], steps: 1 }),
    loft("x", back, { bevels: [0.003, 0.001], steps: 1 }),
    disc("z", [-0.008, 0], [0.478, 0.49], 0.05, 0.004),
  );
}

function neck(): Surface {
  const strut = () => [0.0085, 0.0065] as const;
  const front = curve(
    [
      [0.024, 0.034, 0.482],
      [0.03, 0.026, 0.53],
      [0.028, 0.012, 0.592],
    ],
    4,
  );
  const rear = curve(
    [
      [-0.042, 0.036, 0.482],
      [-0.034, 0.03, 0.53],
      [-0.004, 0.017, 0.575],
      [0.028, 0.012, 0.592],
    ],
    4,
  );
  const chin = curve(
    [
      [0.015, 0, 0.592],
      [0.06, 0, 0.582],
      [0.095, 0, 0.564],
    ],
    4,
  );
  const across: Point = [0, 1, 0];
  return merge(
    bothSides(merge(sweep(front, strut, across), sweep(rear, strut, across))),
    sweep(chin, () => [0.009, 0.011], across),
    disc("y", [0.59, 0.026], [-0.02, 0.02], 0.014),
  );
}

function shoulderMount({ shoulder, shoulderTilt, shoulderRadius }: TrunkShape): Surface {
  return place(disc("y", [0, 0], [-0.06, -0.002], shoulderRadius, 0.006), shoulder, "x", shoulderTilt);
}

/** Half a superellipsoid, a little nose-down like a cap. */
function crown(top: number): Surface {
  const [base, count] = [0.694, 7];
  const sections = Array.from({ length: count + 1 }, (_, k): Section => {
    const angle = (Math.PI / 2) * (k / count) * 0.97;
    const shrink = Math.cos(angle) ** 0.8;
    return [base + (top - base) * Math.sin(angle), 0.046, 0, 0.079 * shrink, 0.069 * shrink, 2.3];
  });
  const rim: Section[] = [
    [base - 0.016, 0.046, 0, 0.076, 0.066, 2.3],
    [base - 0.008, 0.046, 0, 0.0795, 0.0695, 2.3],
  ];
  const cap = loft("z", [...rim, ...sections], { bevels: [0.003, 0.0005], segments: 26, steps: 1 });
  const nod = place(cap, [-0.046, 0, -base]);
  return place(place(nod, [0, 0, 0], "y", 0.14), [0.046, 0, base]);
}

function underCrown(): Surface {
  return loft(
    "z",
    [
      [0.664, 0.046, 0, 0.058, 0.05, 2.3],
      [0.69, 0.046, 0, 0.068, 0.06, 2.3],
    ],
    { steps: 1 },
  );
}

const RING_POINTS = 32;

/** The open oval below the brow, wrapped around the face and narrowing to the chin. */
function ringPath(scale: number, forward: number): Point[] {
  return Array.from({ length: RING_POINTS }, (_, k): Point => {
    const angle = (2 * Math.PI * k) / RING_POINTS;
    const down = (1 - Math.cos(angle)) / 2;
    const x = 0.113 - 0.02 * down - 0.03 * Math.sin(angle) ** 2 + forward;
    return [x, scale * (0.058 - 0.014 * down) * Math.sin(angle), 0.622 + scale * 0.066 * Math.cos(angle)];
  });
}

function faceRing(): Surface {
  return sweep(ringPath(1, 0), () => [0.0095, 0.014], [1, 0, 0], { isLoop: true });
}

function faceLight(): Surface {
  return sweep(ringPath(0.83, 0.004), () => [0.003, 0.006], [1, 0, 0], { isLoop: true, segments: 6 });
}

function chestLight(): Surface {
  return loft(
    "x",
    [
      [0.03, 0, 0.2, 0.03, 0.0045, 4],
      [0.0482, 0, 0.2, 0.03, 0.0045, 4],
    ],
    { bevels: [0.001, 0.001], steps: 1 },
  );
}
