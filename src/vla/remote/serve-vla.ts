import { UsageError } from "../../common/index.ts";
import { type CameraImage, noiseSize, type VlaModel, type VlaObservation } from "../model.ts";
import type { NoiseSource } from "../noise-bank.ts";
import { type FeatureScorer, lowest, pseudoCount } from "../taco/feature-scorer.ts";
import { isNumpyArray, type NumpyArray, type NumpyValue } from "./numpy-message.ts";

type Message = Readonly<Record<string, NumpyValue>>;

/** Most chunks that a client may ask for at once. */
const MAX_SAMPLES = 256;

/**
 * Answers observations of openpi's protocol with a VLA of ours: `observation/<camera>` uint8 [height, width, 3] (or
 * [3, height, width]), `observation/state`, `prompt`, and optionally `n_samples`. The reply has `actions` [horizon, actions]
 * and, when several were asked for, `candidates`, `features`, `selected`, and with a scorer `scores` and `pseudo_counts`.
 */
export function serveVla(
  model: VlaModel,
  noise: NoiseSource,
  scorer?: FeatureScorer,
): (observation: Message) => Promise<Message> {
  const { spec } = model;
  scorer?.requireModel(spec.modelHash);
  return async (message) => {
    const count = samplesOf(message.n_samples);
    const context = await model.encode(observationOf(message, model));
    const { actions, features } = await context.sample(noise.draw(count, noiseSize(spec)));
    const scores = scorer === undefined ? undefined : await scorer.score(features);
    const selected = scores === undefined ? 0 : lowest(scores);
    const shape = [spec.chunkHorizon, spec.actions.length];
    const size = noiseSize(spec);
    const chunk = { data: actions.slice(selected * size, (selected + 1) * size), shape };
    if (message.n_samples === undefined && scorer === undefined) return { actions: chunk };
    return {
      actions: chunk,
      candidates: { data: actions, shape: [count, ...shape] },
      features: { data: features, shape: [count, spec.featureSize] },
      selected,
      ...(scores === undefined
        ? {}
        : {
            scores: { data: scores, shape: [count] },
            pseudo_counts: { data: scores.map(pseudoCount), shape: [count] },
          }),
    };
  };
}

function samplesOf(value: NumpyValue | undefined): number {
  if (value === undefined) return 1;
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_SAMPLES)
    return value;
  throw new UsageError("n_samples is no count.", `Ask for 1 to ${MAX_SAMPLES} samples.`);
}

function observationOf(message: Message, { spec }: VlaModel): VlaObservation {
  const state = message["observation/state"];
  if (!isNumpyArray(state))
    throw new UsageError('The observation has no array "observation/state".', "Send proprioception, raw.");
  if (typeof message.prompt !== "string")
    throw new UsageError('The observation has no text "prompt".', "Send the instruction.");
  const images = spec.cameras.map(({ name }): [string, CameraImage] => {
    const picture = message[`observation/${name}`];
    if (isNumpyArray(picture)) return [name, imageOf(picture)];
    throw new UsageError(`The observation has no picture "observation/${name}".`, "Send every camera's.");
  });
  return {
    images: Object.fromEntries(images),
    instruction: message.prompt,
    proprioception: Float64Array.from(state.data as Float64Array, Number),
  };
}

/** [height, width, 3] or [3, height, width], bytes or shares of 1. */
function imageOf({ data, shape }: NumpyArray): CameraImage {
  const isPlanar = shape.length === 3 && shape[0] === 3 && shape[2] !== 3;
  const [height, width] = isPlanar ? [shape[1], shape[2]] : [shape[0], shape[1]];
  const scale = data instanceof Uint8Array ? 1 : 255;
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < rgb.length; i++) {
    const from = isPlanar ? (i % 3) * width * height + Math.floor(i / 3) : i;
    rgb[i] = Math.min(255, Math.max(0, Math.round(Number(data[from]) * scale)));
  }
  return { width, height, rgb };
}
