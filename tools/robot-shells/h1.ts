import { disc, hub, lathe, loft } from "./shapes.ts";
import { merge, type Surface } from "./surface.ts";
import { trunkShells } from "./trunk.ts";

/** The left half of H1 and its trunk: one surface per link and material, in the link's own frame. */
export function h1Shells(): Record<string, Surface> {
  return {
    ...trunkShells({
      shoulder: [0.0055, 0.15535, 0.42999],
      shoulderTilt: 0.43633,
      shoulderRadius: 0.035,
      crown: 0.7539,
    }),
    ...leg(),
    ...arm(),
  };
}

function leg(): Record<string, Surface> {
  return {
    hip_yaw: merge(disc("z", [0, 0], [0.03, 0.0965], 0.05), disc("x", [0, 0], [-0.075, 0.02], 0.0605, 0.008)),
    hip_yaw_dark: merge(hub("x", [0, 0], [-0.07, -0.1024], 0.055), disc("x", [0, 0], [0.015, 0.032], 0.05)),
    hip_roll: merge(
      disc("x", [0, 0], [-0.03, 0.055], 0.052, 0.008),
      disc("y", [0, 0], [-0.045, 0.05], 0.0595, 0.008),
    ),
    hip_roll_dark: merge(hub("y", [0, 0], [-0.04, -0.0595], 0.052), hub("x", [0, 0], [0.05, 0.061], 0.042)),
    thigh: thigh(),
    thigh_dark: merge(
      disc("y", [0, 0], [-0.0944, -0.03], 0.055),
      hub("y", [0, 0], [0.024, 0.03], 0.045),
      disc("y", [-0.355, -0.036], [-0.03, 0.02], 0.024),
    ),
    shank: shank(),
    shank_dark: merge(
      disc("y", [0, 0], [-0.036, 0.033], 0.034),
      disc("y", [-0.062, -0.02], [-0.048, 0.02], 0.036),
      hub("y", [-0.062, -0.02], [0.015, 0.035], 0.033),
      disc("y", [-0.4, 0], [-0.02, 0.02], 0.0145, 0.004),
    ),
    foot: foot(),
    sole: sole(),
  };
}

function thigh(): Surface {
  const upper = disc("y", [0, 0], [-0.034, 0.0265], 0.0605, 0.009, 24);
  const beam = loft(
    "z",
    [
      [-0.44, 0, -0.007, 0.026, 0.026, 3],
      [-0.4, 0, -0.007, 0.043, 0.0275, 3],
      [-0.345, 0.005, -0.006, 0.04, 0.027, 3],
      [-0.23, 0.017, -0.004, 0.034, 0.0265, 3],
      [-0.11, 0.014, -0.004, 0.041, 0.029, 3],
      [-0.01, 0.002, -0.004, 0.053, 0.03, 3],
    ],
    { bevels: [0.012, 0.004], segments: 20 },
  );
  return merge(upper, beam);
}

function shank(): Surface {
  return loft(
    "z",
    [
      [-0.414, 0, 0, 0.013, 0.0135, 2.6],
      [-0.37, 0, 0, 0.019, 0.018, 2.8],
      [-0.24, 0.002, 0, 0.026, 0.022, 3],
      [-0.13, 0.004, -0.003, 0.032, 0.025, 3],
      [-0.05, 0.006, -0.005, 0.042, 0.028, 3],
      [0, 0.006, -0.005, 0.043, 0.03, 2.8],
      [0.045, 0.004, -0.005, 0.022, 0.027, 2.6],
    ],
    { bevels: [0.006, 0.01], segments: 20 },
  );
}

function foot(): Surface {
  return loft(
    "x",
    [
      [-0.1, 0, -0.06, 0.013, 0.0065, 3],
      [-0.065, 0, -0.054, 0.015, 0.0105, 3],
      [-0.03, 0, -0.036, 0.015, 0.022, 3],
      [0, 0, -0.024, 0.0145, 0.033, 2.6],
      [0.03, 0, -0.034, 0.015, 0.0225, 3],
      [0.085, 0, -0.053, 0.015, 0.01, 3],
      [0.15, 0, -0.06, 0.015, 0.0065, 3],
      [0.2, 0, -0.061, 0.012, 0.005, 3],
    ],
    { bevels: [0.003, 0.003], segments: 18 },
  );
}

function sole(): Surface {
  const pad = (x: number, length: number) =>
    loft(
      "z",
      [
        [-0.07, x, 0, length - 0.003, 0.0135, 5],
        [-0.058, x, 0, length, 0.015, 5],
      ],
      { bevels: [0.002, 0.002], segments: 24, steps: 1 },
    );
  return merge(pad(-0.07, 0.03), pad(0.14, 0.06));
}

function arm(): Record<string, Surface> {
  return {
    shoulder_pitch: disc("y", [-0.012, -0.003], [0.004, 0.05], 0.036, 0.007),
    shoulder_pitch_dark: merge(
      disc("y", [-0.014, -0.003], [0.045, 0.1], 0.03),
      hub("y", [-0.014, -0.003], [0.09, 0.1049], 0.031),
    ),
    shoulder_roll: merge(
      disc("x", [0, 0], [-0.042, 0.042], 0.0335, 0.007),
      loft(
        "z",
        [
          [-0.112, 0, 0, 0.034, 0.034, 2.4],
          [-0.06, 0, 0, 0.028, 0.03, 2.6],
          [-0.01, 0, 0, 0.032, 0.032, 3],
        ],
        { bevels: [0.004, 0.002] },
      ),
    ),
    shoulder_roll_dark: merge(
      hub("x", [0, 0], [0.036, 0.0485], 0.029),
      hub("x", [0, 0], [-0.036, -0.0482], 0.029),
      disc("z", [0, 0], [-0.139, -0.105], 0.044, 0.006),
    ),
    shoulder_yaw: loft(
      "z",
      [
        [-0.244, 0.0185, 0, 0.022, 0.022, 2.6],
        [-0.2, 0.0185, 0, 0.046, 0.026, 2.6],
        [-0.15, 0.012, 0, 0.034, 0.027, 2.4],
        [-0.08, 0.003, 0, 0.028, 0.028, 2.2],
        [0, 0, 0, 0.03, 0.03, 2.2],
      ],
      { bevels: [0.012, 0.004] },
    ),
    elbow: merge(
      disc("y", [0, 0], [-0.033, 0.033], 0.0385, 0.007),
      loft(
        "x",
        [
          [0.01, 0, 0, 0.027, 0.032, 2.6],
          [0.06, 0, -0.006, 0.027, 0.03, 2.4],
          [0.14, 0, -0.0145, 0.024, 0.026, 2.2],
          [0.252, 0, -0.0158, 0.019, 0.019, 2],
        ],
        { bevels: [0.002, 0.003] },
      ),
    ),
    elbow_dark: merge(
      hub("y", [0, 0], [0.026, 0.0364], 0.031),
      hub("y", [0, 0], [-0.026, -0.0354], 0.031),
      ball([0, -0.0158], 0.281, 0.035),
    ),
  };
}

function ball(centre: readonly [number, number], at: number, radius: number): Surface {
  const count = 10;
  const profile = Array.from({ length: count + 1 }, (_, k): [number, number] => {
    const angle = Math.PI * (0.02 + (0.96 * k) / count);
    return [at - radius * Math.cos(angle), radius * Math.sin(angle)];
  });
  return lathe("x", centre, profile);
}
