import { curve, disc, hub, loft, plate, sweep } from "./shapes.ts";
import { merge, type Point, type Surface } from "./surface.ts";
import { trunkShells } from "./trunk.ts";

/** The left half of H1-2 and its trunk: one surface per link and material, in the link's own frame. */
export function h12Shells(): Record<string, Surface> {
  return {
    ...trunkShells({
      shoulder: [0, 0.14806, 0.42333],
      shoulderTilt: 0.2618,
      shoulderRadius: 0.043,
      crown: 0.7598,
    }),
    ...leg(),
    ...upperArm(),
    ...forearm(),
    hand: hand(),
  };
}

function leg(): Record<string, Surface> {
  return {
    hip_yaw: merge(disc("z", [0, 0], [0.03, 0.078], 0.052), disc("y", [0, 0], [-0.048, 0.05], 0.0635)),
    hip_yaw_dark: hub("y", [0, 0], [-0.046, -0.0688], 0.056),
    hip_pitch: disc("x", [0, 0], [-0.046, 0.044], 0.062, 0.008),
    hip_pitch_dark: merge(disc("y", [0, 0], [-0.04, 0], 0.05), disc("x", [0, 0], [-0.0572, 0.052], 0.055)),
    thigh: thigh(),
    thigh_dark: merge(
      hub("y", [-0.15, 0.004], [-0.045, -0.0605], 0.044),
      hub("y", [-0.4, 0], [0.045, 0.0575], 0.034),
      hub("y", [-0.4, 0], [-0.05, -0.0635], 0.034),
      disc("z", [0, 0], [-0.088, -0.06], 0.055),
      hub("x", [0, 0], [0.06, 0.0672], 0.028),
    ),
    shank: shank(),
    shank_dark: merge(
      disc("y", [0, 0], [-0.042, 0.042], 0.042),
      disc("y", [-0.4, 0], [-0.026, 0.026], 0.017, 0.004),
      loft(
        "z",
        [
          [-0.4, 0, 0, 0.013, 0.017, 3],
          [-0.33, -0.002, 0, 0.018, 0.021, 3],
        ],
        { steps: 1 },
      ),
    ),
    ankle_dark: merge(
      disc("y", [0, 0], [-0.02, 0.02], 0.0115, 0.003, 16),
      disc("x", [0, -0.02], [-0.0185, 0.0115], 0.012, 0.003, 16),
    ),
    foot: foot(),
    sole: sole(),
  };
}

function thigh(): Surface {
  const shell = loft(
    "z",
    [
      [-0.385, 0, -0.003, 0.04, 0.042, 3.5],
      [-0.34, 0.001, -0.003, 0.05, 0.048, 3.5],
      [-0.26, 0.002, -0.003, 0.06, 0.053, 3.2],
      [-0.17, 0.001, -0.003, 0.066, 0.056, 3],
      [-0.1, 0, -0.003, 0.063, 0.056, 3],
      [-0.07, 0, -0.003, 0.058, 0.053, 3],
    ],
    { bevels: [0.01, 0.006], segments: 20 },
  );
  const yoke = (from: number, to: number) => plate("x", [from, to], [-0.003, -0.045, 0.043, 0.085, 2.8]);
  const cheek = (from: number, to: number) => plate("y", [from, to], [-0.387, 0, 0.062, 0.045, 2.5]);
  return merge(
    shell,
    cheek(0.0425, 0.0525),
    cheek(-0.0585, -0.0485),
    yoke(0.0525, 0.0655),
    yoke(-0.0665, -0.0575),
  );
}

function shank(): Surface {
  return loft(
    "z",
    [
      [-0.375, -0.002, 0, 0.02, 0.024, 3],
      [-0.33, -0.002, 0, 0.025, 0.028, 3],
      [-0.24, -0.001, 0, 0.037, 0.036, 3],
      [-0.14, 0.001, 0, 0.049, 0.0425, 3.4],
      [-0.07, 0.002, 0, 0.047, 0.042, 3.4],
      [-0.028, 0.01, 0, 0.036, 0.039, 3],
    ],
    { bevels: [0.004, 0.01], segments: 20 },
  );
}

function foot(): Surface {
  return loft(
    "x",
    [
      [-0.086, 0, -0.024, 0.027, 0.0145, 2.6],
      [-0.055, 0, -0.016, 0.037, 0.0225, 2.8],
      [-0.015, 0, -0.007, 0.04, 0.032, 2.6],
      [0.025, 0, -0.009, 0.0405, 0.0295, 2.6],
      [0.08, 0, -0.02, 0.0415, 0.019, 2.8],
      [0.135, 0, -0.027, 0.0395, 0.0115, 3],
      [0.174, 0, -0.031, 0.026, 0.007, 2.6],
    ],
    { bevels: [0.01, 0.006], segments: 20 },
  );
}

function sole(): Surface {
  return loft(
    "z",
    [
      [-0.045, 0.044, 0, 0.126, 0.0385, 3.2],
      [-0.033, 0.044, 0, 0.13, 0.0425, 3.2],
    ],
    { bevels: [0.003, 0.003], segments: 24, steps: 1 },
  );
}

function upperArm(): Record<string, Surface> {
  return {
    shoulder_pitch: disc("y", [0, 0], [0.002, 0.05], 0.0455, 0.008),
    shoulder_pitch_dark: merge(
      disc("y", [0, 0], [0.045, 0.104], 0.03),
      hub("y", [0, 0], [0.09, 0.108], 0.032),
    ),
    shoulder_roll: merge(
      disc("x", [0, 0], [-0.073, 0.006], 0.0435, 0.007),
      loft(
        "z",
        [
          [-0.131, -0.0342, 0, 0.038, 0.039, 2.4],
          [-0.07, -0.0342, 0, 0.034, 0.035, 2.6],
          [-0.02, -0.0342, 0, 0.036, 0.04, 3],
        ],
        { bevels: [0.005, 0.002] },
      ),
    ),
    shoulder_roll_dark: merge(
      hub("x", [0, 0], [0, 0.012], 0.037),
      hub("x", [0, 0], [-0.067, -0.08], 0.037),
      disc("z", [-0.0342, 0], [-0.1455, -0.125], 0.0355, 0.003),
    ),
    shoulder_yaw: loft(
      "z",
      [
        [-0.205, 0.006, 0.002, 0.03, 0.024, 2.4],
        [-0.165, 0.005, 0.001, 0.037, 0.029, 2.4],
        [-0.1, 0.002, 0, 0.035, 0.033, 2.3],
        [-0.045, 0, 0, 0.0365, 0.0365, 2.2],
        [0.001, 0, 0, 0.0385, 0.0385, 2.2],
      ],
      { bevels: [0.01, 0.006] },
    ),
  };
}

const FOREARM: readonly [number, number] = [-0.0329, -0.011];

function forearm(): Record<string, Surface> {
  const [y, z] = FOREARM;
  return {
    elbow: merge(
      disc("y", [0, 0], [-0.06, 0.001], 0.0425, 0.008),
      loft(
        "x",
        [
          [0.01, y, -0.006, 0.028, 0.034, 2.6],
          [0.05, y, -0.009, 0.031, 0.034, 2.4],
          [0.115, y, z, 0.0325, 0.0325, 2.2],
        ],
        { bevels: [0.002, 0.004] },
      ),
    ),
    elbow_dark: merge(
      hub("y", [0, 0], [-0.004, 0.007], 0.035),
      hub("y", [0, 0], [-0.056, -0.066], 0.035),
      disc("x", [y, z], [0.108, 0.1237], 0.029, 0.003),
    ),
    wrist_roll: loft(
      "x",
      [
        [0.004, 0, 0, 0.033, 0.032, 2.2],
        [0.03, 0, 0, 0.0325, 0.0315, 2.3],
        [0.068, 0, 0, 0.027, 0.026, 2.6],
      ],
      { bevels: [0.003, 0.004] },
    ),
    wrist_dark: merge(disc("y", [0, 0], [-0.033, 0.033], 0.0265), disc("x", [0, 0], [-0.03, 0], 0.02)),
    wrist_yaw: merge(
      disc("z", [0, 0], [-0.04, 0.04], 0.0195),
      loft(
        "x",
        [
          [0, 0, 0, 0.018, 0.032, 3],
          [0.035, 0, 0, 0.02, 0.03, 3],
        ],
        { steps: 1 },
      ),
    ),
    wrist_cap: merge(
      disc("x", [0, 0], [0.03, 0.046], 0.0275, 0.004),
      disc("x", [0, 0], [0.044, 0.063], 0.024, 0.011),
    ),
  };
}

/** A relaxed five-finger hand in the wrist's frame; the left palm faces right (-y), the thumb points up. */
function hand(): Surface {
  const palm = loft(
    "x",
    [
      [0.052, 0, 0.001, 0.016, 0.021, 2.6],
      [0.085, 0, 0.002, 0.017, 0.028, 3],
      [0.13, 0, 0.0035, 0.0165, 0.039, 3.4],
      [0.186, 0, 0.0035, 0.0125, 0.0395, 3.4],
    ],
    { bevels: [0.003, 0.008] },
  );
  const lengths = [0.93, 1, 0.95, 0.82];
  const fingers = [0.0325, 0.013, -0.0065, -0.0255].map((z, i) => finger(z, lengths[i]));
  const thumb = curve(
    [
      [0.098, -0.006, 0.022],
      [0.116, -0.022, 0.05],
      [0.142, -0.034, 0.068],
      [0.172, -0.042, 0.074],
    ],
    3,
  );
  return merge(palm, ...fingers, sweep(thumb, taper(0.0105, 0.0072), [0, 0, 1], { segments: 6 }));
}

function finger(z: number, length: number): Surface {
  const at = (x: number, y: number): Point => [0.176 + length * x, y, z + 0.1 * z * (x / 0.1)];
  const path = curve([at(0, 0), at(0.03, -0.001), at(0.062, -0.009), at(0.094, -0.026)], 3);
  return sweep(path, taper(0.0088, 0.0064), [0, 0, 1], { segments: 6 });
}

/** Radius falling from `root` to `tip`, closing in a round end. */
function taper(root: number, tip: number): (along: number) => readonly [number, number] {
  return (along) => {
    const end = Math.sqrt(Math.max(0.02, 1 - Math.max(0, (along - 0.86) / 0.14) ** 2));
    const radius = (root + (tip - root) * along) * end;
    return [radius, radius];
  };
}
