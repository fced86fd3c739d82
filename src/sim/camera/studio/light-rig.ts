/** A lamp far away with a round face. */
export interface Lamp {
  /** Unit direction to its middle, world. */
  readonly toward: readonly [number, number, number];
  /** 1 minus the cosine of its angular radius: larger is softer. */
  readonly spread: number;
  /** Linear light on a surface that faces it. */
  readonly colour: readonly [number, number, number];
}

/** What lights a still: lamps, a dome, and the backdrop that the ground fades into. Linear light. */
export interface LightRig {
  readonly lamps: readonly Lamp[];
  /** Light of the dome overhead and at the horizon. */
  readonly zenith: readonly [number, number, number];
  readonly horizon: readonly [number, number, number];
  /** Backdrop at the horizon and overhead. */
  readonly backdropLow: readonly [number, number, number];
  readonly backdropHigh: readonly [number, number, number];
  /** How much of its colour the ground keeps; a darker ground lets a light subject stand out. */
  readonly groundTint: readonly [number, number, number];
  /** Distances from the subject between which the ground fades into the backdrop, m. */
  readonly fade: readonly [number, number];
}

/** A photographer's studio for a subject that looks along +x: warm key light from its left, cool rim light from behind. */
export const STUDIO: LightRig = {
  lamps: [
    { toward: unit(0.55, -0.75, 0.95), spread: 0.006, colour: [1.38, 1.28, 1.15] },
    { toward: unit(-0.8, 0.62, 0.5), spread: 0.02, colour: [0.95, 1.06, 1.22] },
    { toward: unit(0.8, 0.8, 0.3), spread: 0.08, colour: [0.1, 0.11, 0.13] },
  ],
  zenith: [0.3, 0.32, 0.35],
  horizon: [0.14, 0.15, 0.17],
  backdropLow: [0.27, 0.31, 0.36],
  backdropHigh: [0.022, 0.032, 0.048],
  groundTint: [0.33, 0.36, 0.4],
  fade: [1.5, 9],
};

function unit(x: number, y: number, z: number): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
