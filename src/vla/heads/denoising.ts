import type { Guidance } from "../model.ts";

/** One pass of the action expert over noised chunks [count, chunkHorizon, actions] at a flow time. */
export type ExpertPass = (
  chunks: Float32Array,
  time: number,
  wantsHidden: boolean,
) => Promise<{ readonly output: Float32Array; readonly hidden: Float32Array | undefined }>;

/** Denoised chunks, and the hidden layer of the pass that made them. */
export interface Denoised {
  /** Normalised, [count, chunkHorizon, actions]. */
  readonly chunks: Float32Array;
  /** [count, chunkHorizon, featureSize] */
  readonly hidden: Float32Array;
}

/** How a family of models adds noise to a chunk and takes it away: flow matching or diffusion. Time 1 is pure noise. */
export interface NoiseProcess {
  /** The chunk as it looks at a time, of a clean chunk and noise; one value at a time. */
  corrupt(clean: number, noise: number, time: number): number;
  /** What the network learns to say, of a clean value and noise. */
  target(clean: number, noise: number): number;
  /** The clean value that the network's output means, at a time. */
  clean(value: number, output: number, time: number): number;
  /** The value at an earlier time, along the path that the output points out. */
  advance(value: number, output: number, from: number, to: number): number;
}

/** Flow matching on straight paths (Lipman et al. 2023; pi0): x = t ε + (1 - t) a, velocity ε - a. */
export const FLOW: NoiseProcess = {
  corrupt: (clean, noise, time) => time * noise + (1 - time) * clean,
  target: (clean, noise) => noise - clean,
  clean: (value, output, time) => value - time * output,
  advance: (value, output, from, to) => value + (to - from) * output,
};

/** Variance-preserving diffusion with a cosine schedule (after Nichol and Dhariwal 2021), stepped by DDIM (Song et al. 2021). */
export const DIFFUSION: NoiseProcess = {
  corrupt: (clean, noise, time) => signal(time) * clean + spread(time) * noise,
  target: (_, noise) => noise,
  clean: (value, output, time) => (value - spread(time) * output) / signal(time),
  advance: (value, output, from, to) =>
    signal(to) * bounded((value - spread(from) * output) / signal(from)) + spread(to) * output,
};

/** Near pure noise the division by the signal blows errors up; normalised actions are never this far out. */
const bounded = (clean: number): number => Math.max(-6, Math.min(6, clean));

/** √ᾱ at a time; kept off 0, where nothing of the signal would be left to find. */
function signal(time: number): number {
  return Math.max(0.02, Math.cos((time * Math.PI) / 2));
}

function spread(time: number): number {
  const s = signal(time);
  return Math.sqrt(1 - s * s);
}

/**
 * Denoises from pure noise in equal steps of time. The last pass also gives the hidden layer.
 *
 * @param noise [count, chunkHorizon, actions], not changed
 */
export async function denoise(
  process: NoiseProcess,
  pass: ExpertPass,
  noise: Float32Array,
  steps: number,
  guidance?: Guidance,
): Promise<Denoised> {
  const chunks = noise.slice();
  let hidden: Float32Array | undefined;
  for (let k = 0; k < steps; k++) {
    const [from, to] = [1 - k / steps, 1 - (k + 1) / steps];
    const result = await pass(chunks, from, k === steps - 1);
    const output =
      guidance === undefined ? result.output : guided(process, chunks, result.output, from, guidance);
    for (let i = 0; i < chunks.length; i++) chunks[i] = process.advance(chunks[i], output[i], from, to);
    hidden = result.hidden;
  }
  return { chunks, hidden: hidden ?? new Float32Array(0) };
}

/** Corrupts clean chunks up to a time and denoises them in one step. */
export async function denoiseOnce(
  process: NoiseProcess,
  pass: ExpertPass,
  clean: Float32Array,
  noise: Float32Array,
  time: number,
): Promise<Denoised> {
  const chunks = clean.map((value, i) => process.corrupt(value, noise[i], time));
  const { output, hidden } = await pass(chunks, time, true);
  for (let i = 0; i < chunks.length; i++) chunks[i] = process.clean(chunks[i], output[i], time);
  return { chunks, hidden: hidden ?? new Float32Array(0) };
}

/**
 * The output bent towards the old plan (real-time chunking, arXiv 2506.07339, with the error itself as correction as
 * LeRobot has it): v ← v - g · w (old - x̂), g = min(β, ((1 - τ) / τ) ((1 - τ)² + τ²) / (1 - τ)²) with τ = 1 - t.
 */
function guided(
  process: NoiseProcess,
  chunks: Float32Array,
  output: Float32Array,
  time: number,
  { previous, weights, maxGain = 10 }: Guidance,
): Float32Array {
  const tau = 1 - time;
  const gain = Math.min(maxGain, ((1 - tau) / tau) * (((1 - tau) ** 2 + tau ** 2) / (1 - tau) ** 2));
  const actions = previous.length / weights.length;
  return output.map((value, i) => {
    const k = i % previous.length;
    const weight = weights[Math.floor(k / actions)];
    if (weight === 0) return value;
    return value - gain * weight * (previous[k] - process.clean(chunks[i], value, time));
  });
}
