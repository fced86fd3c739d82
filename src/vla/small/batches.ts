import type { Rng } from "../../common/index.ts";
import type { TensorValue } from "../../learn/index.ts";
import { chunkAt, demonstratedSteps, type EpisodeSet, type FrameRef } from "../data/episodes.ts";
import { binOf } from "../heads/autoregressive.ts";
import { DIFFUSION, FLOW, type NoiseProcess } from "../heads/denoising.ts";
import { normalise, rebase } from "../normalisation.ts";
import type { VlaSpec } from "../vla-spec.ts";
import { copyAugmented } from "./augmentation.ts";
import { imageInput, shapeOf } from "./network.ts";
import { tokenize } from "./tokenizer.ts";
import type { BatchShape } from "./training-graph.ts";

/** How much samples are disturbed; all zero for validation. */
export interface Disturbance {
  readonly shift: number;
  readonly brightness: number;
  readonly proprioceptionNoise: number;
  /** Share of frames whose glances are blanked, among those whose landmark is known. */
  readonly glanceDropout: number;
}

/** Nothing disturbed. */
export const UNDISTURBED: Disturbance = { shift: 0, brightness: 0, proprioceptionNoise: 0, glanceDropout: 0 };

/** The process by which a denoising head's chunks are corrupted. */
export function processOf({ head }: Pick<VlaSpec, "head">): NoiseProcess {
  return head.kind === "diffusion" ? DIFFUSION : FLOW;
}

/** Frames of an episode in which nothing has been moved yet. */
const LANDMARK_FRAMES = 14;
/** The middle of the bench's near half and how far things are from it, m. */
const LANDMARK_MIDDLE = [0.38, 0];
const LANDMARK_SPREAD = 0.1;

/** Arrays of one batch, in the names and shapes of the training graph's inputs; filled in place. */
export class Batch {
  readonly tensors: Readonly<Record<string, TensorValue>>;
  readonly #set: EpisodeSet;
  readonly #spec: VlaSpec;
  readonly #shape: BatchShape;
  readonly #chunk: Float32Array;

  constructor(set: EpisodeSet, spec: VlaSpec, shape: BatchShape) {
    this.#set = set;
    this.#spec = spec;
    this.#shape = shape;
    this.#chunk = new Float32Array(spec.chunkHorizon * spec.actions.length);
    this.tensors = makeTensors(spec, shape);
  }

  /** Fills the arrays from frames of the set; all randomness comes from `rng`. */
  fill(frames: readonly FrameRef[], rng: Rng, disturbance: Disturbance): void {
    frames.forEach((frame, i) => {
      this.#observe(frame, i, rng, disturbance);
      const isKnown = this.#point(frame, i);
      const isBlank = isKnown && rng.uniform() < disturbance.glanceDropout;
      (this.tensors.glancesSeen.data as Float32Array)[i] = isBlank ? 0 : 1;
      this.#aim(frame, i, rng);
    });
  }

  #observe({ episode, picture }: FrameRef, i: number, rng: Rng, disturbance: Disturbance): void {
    const { proprioception, images, imageStride, instruction } = this.#set.episodes[episode];
    for (const { name, width, height } of this.#spec.cameras) {
      const size = 3 * width * height;
      const raw = images.get(name);
      if (raw === undefined) throw new RangeError(`A demonstration has no pictures of "${name}".`);
      const from = raw.subarray(picture * size, (picture + 1) * size);
      const to = (this.tensors[imageInput(name)].data as Uint8Array).subarray(i * size, (i + 1) * size);
      copyAugmented({ width, height, rgb: from }, to, rng, disturbance);
    }
    const { textTokens, textPieces } = shapeOf(this.#spec);
    const pieces = textTokens * textPieces;
    const text = this.tensors.tokens.data as Int32Array;
    tokenize(instruction, shapeOf(this.#spec), text.subarray(i * pieces, (i + 1) * pieces));
    const count = this.#spec.proprioception.length;
    const at = picture * imageStride * count;
    const own = (this.tensors.proprioception.data as Float32Array).subarray(i * count, (i + 1) * count);
    normalise(proprioception.subarray(at, at + count), this.#spec.normalisation.proprioception, own);
    if (disturbance.proprioceptionNoise > 0)
      for (let j = 0; j < count; j++) own[j] += disturbance.proprioceptionNoise * rng.normal();
  }

  /** Tells where the landmark is, while it surely stands there still. Returns whether it does. */
  #point({ episode, picture }: FrameRef, i: number): boolean {
    const { landmark, imageStride } = this.#set.episodes[episode];
    const isKnown = landmark !== undefined && picture * imageStride < LANDMARK_FRAMES;
    (this.tensors.landmarkKnown.data as Float32Array)[i] = isKnown ? 1 : 0;
    const own = (this.tensors.landmark.data as Float32Array).subarray(2 * i, 2 * i + 2);
    if (isKnown) own.set(landmark.map((place, k) => (place - LANDMARK_MIDDLE[k]) / LANDMARK_SPREAD));
    else own.fill(0);
    return isKnown;
  }

  /** What comes after an episode's end is nothing to learn: a policy that imitates padding stops wherever one has ended. */
  #mark({ episode, picture }: FrameRef, i: number): void {
    const { chunkHorizon, actions } = this.#spec;
    const source = this.#set.episodes[episode];
    const steps = demonstratedSteps(source, picture * source.imageStride, chunkHorizon);
    const [from, length] = [i * chunkHorizon * actions.length, chunkHorizon * actions.length];
    const known = (this.tensors.known.data as Float32Array).subarray(from, from + length);
    known.fill(0).fill(1, 0, steps * actions.length);
  }

  #aim({ episode, picture }: FrameRef, i: number, rng: Rng): void {
    const clean = normalisedChunk(this.#set, this.#spec, { episode, picture }, this.#chunk);
    this.#mark({ episode, picture }, i);
    if (this.#spec.head.kind === "autoregressive") {
      const { bins } = this.#spec.head;
      const spelled = this.tensors.spelled.data as Int32Array;
      clean.forEach((value, j) => {
        spelled[i * clean.length + j] = binOf(value, bins);
      });
      return;
    }
    const { noises } = this.#shape;
    const process = processOf(this.#spec);
    const [time, noised, target] = ["time", "noised", "target"].map(
      (name) => this.tensors[name].data as Float32Array,
    );
    for (let k = 0; k < noises; k++) {
      const row = i * noises + k;
      const t = drawTime(rng);
      time[row] = t;
      for (let j = 0; j < clean.length; j++) {
        const noise = rng.normal();
        noised[row * clean.length + j] = process.corrupt(clean[j], noise, t);
        target[row * clean.length + j] = process.target(clean[j], noise);
      }
    }
  }
}

/** The chunk of a frame as the network predicts it: rebased and normalised. @param out written and returned */
export function normalisedChunk(
  set: EpisodeSet,
  spec: VlaSpec,
  { episode, picture }: FrameRef,
  out: Float32Array,
): Float32Array {
  const source = set.episodes[episode];
  const frame = picture * source.imageStride;
  const count = spec.proprioception.length;
  chunkAt(source, frame, spec.actions.length, out);
  rebase(out, spec.actions, source.proprioception.subarray(frame * count, (frame + 1) * count), -1);
  return normalise(out, spec.normalisation.actions, out);
}

/** 0.001 + 0.999 · Beta(1.5, 1), as pi0: more often near pure noise, where the choice between modes is made. */
function drawTime(rng: Rng): number {
  return 0.001 + 0.999 * rng.uniform() ** (2 / 3);
}

function makeTensors(spec: VlaSpec, { frames, noises }: BatchShape): Record<string, TensorValue> {
  const { textTokens, textPieces } = shapeOf(spec);
  const [horizon, actions, count] = [spec.chunkHorizon, spec.actions.length, spec.proprioception.length];
  const floats = (...dims: number[]): TensorValue => ({
    type: "float32",
    dims,
    data: new Float32Array(dims.reduce((a, b) => a * b, 1)),
  });
  const integers = (...dims: number[]): TensorValue => ({
    type: "int32",
    dims,
    data: new Int32Array(dims.reduce((a, b) => a * b, 1)),
  });
  const images = spec.cameras.map(({ name, width, height }): [string, TensorValue] => [
    imageInput(name),
    { type: "uint8", dims: [frames, height, width, 3], data: new Uint8Array(3 * frames * width * height) },
  ]);
  const head: Record<string, TensorValue> =
    spec.head.kind === "autoregressive"
      ? { spelled: integers(frames, 1, horizon * actions) }
      : {
          time: floats(frames, noises),
          noised: floats(frames, noises, horizon, actions),
          target: floats(frames, noises, horizon, actions),
        };
  return {
    ...Object.fromEntries(images),
    tokens: integers(frames, textTokens, textPieces),
    proprioception: floats(frames, count),
    landmark: floats(frames, 2),
    landmarkKnown: floats(frames, 1),
    glancesSeen: floats(frames, 1, 1),
    known: floats(frames, 1, horizon, actions),
    ...head,
  };
}
