import type { VlaSpec } from "./vla-spec.ts";

/** A colour picture, sRGB, [height, width, 3]. The bytes may belong to a camera that overwrites them. */
export interface CameraImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** What a VLA looks at when it plans. */
export interface VlaObservation {
  /** By camera name; all cameras of the model's spec. */
  readonly images: Readonly<Record<string, CameraImage>>;
  readonly instruction: string;
  /** In the spec's order and in robot units (rad, m): models normalise by themselves. */
  readonly proprioception: ArrayLike<number>;
}

/**
 * Candidate chunks of one observation and the features that go with them: the one contract that every head fulfils.
 * All arrays are fresh and row-major.
 */
export interface Candidates {
  readonly count: number;
  /** In robot units, [count, chunkHorizon, actions]. */
  readonly actions: Float32Array;
  /** The same in the model's normalised units: what distances between chunks are measured in. */
  readonly normalised: Float32Array;
  /**
   * [count, featureSize]: the last layer after its final norm, in float32, twice. Of the candidate: flow matching and
   * diffusion: first action token in the last denoising step; autoregressive: last position in the pass that generates
   * the last token. Then of the outlook, the same for all candidates: the first position at pure noise where the noise is
   * zero, or before the first token. A remote model's are whatever it sends.
   */
  readonly features: Float32Array;
  /** Natural logarithm of each chunk's probability, where the head knows it. */
  readonly logProb?: Float32Array;
}

/** Steers sampling so that the new chunk goes on where the old one is bound to lead (real-time chunking). */
export interface Guidance {
  /** What is left of the old chunk, normalised, [chunkHorizon, actions]; zeros after its end. */
  readonly previous: Float32Array;
  /** [chunkHorizon]: 1 where the old plan binds, 0 where the new one is free. */
  readonly weights: Float32Array;
  /** The most that the correction is amplified; 10 in the literature. */
  readonly maxGain?: number;
}

export interface SampleOptions {
  readonly guidance?: Guidance;
}

/** One observation after the part of the model that all its candidates share. */
export interface ObservationContext {
  /**
   * One candidate per row of `noise` [count, noiseSize], standard normal; a row decides its candidate alone. Models that
   * draw by themselves (`spec.takesNoise` false) use the number of rows only.
   */
  sample(noise: Float32Array, options?: SampleOptions): Promise<Candidates>;
  /**
   * Corrupts given normalised chunks [count, chunkHorizon, actions] by noise of the same size up to flow time `time` (1 is
   * pure noise), and denoises them in a single step. Absent where the head cannot.
   */
  refine?(chunks: Float32Array, noise: Float32Array, time: number): Promise<Candidates>;
}

/** A vision-language-action model: pictures, a sentence and the body's state in, candidate chunks of actions out. */
export interface VlaModel extends Disposable {
  readonly spec: VlaSpec;
  /** Throws `VlaMismatchError` for an observation that does not fit the spec. */
  encode(observation: VlaObservation): Promise<ObservationContext>;
}

/** Values in a row of noise. */
export function noiseSize({ chunkHorizon, actions }: VlaSpec): number {
  return chunkHorizon * actions.length;
}
