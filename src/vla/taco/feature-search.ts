import { SelectorNeedsError } from "../errors.ts";
import { noiseSize, type ObservationContext, type VlaModel, type VlaObservation } from "../model.ts";
import type { NoiseSource } from "../noise-bank.ts";
import type { VlaSpec } from "../vla-spec.ts";

/** How predictions near a demonstrated chunk are made. */
export interface FeatureSearch {
  /**
   * `full`: denoised from pure noise (autoregressive models spell); `one-step`: the chunk with the noise that the last
   * denoising step begins with, denoised in that pass alone; `none`: no search, the first prediction whatever it is.
   */
  readonly variant: "full" | "one-step" | "none";
  /** Predictions to choose from; 50 in the paper, 16 for autoregressive models. */
  readonly draws: number;
}

/** The feature vector of the prediction closest to what was demonstrated. */
export interface FoundFeature {
  readonly feature: Float32Array;
  /** Which draw it was; the first of equal ones. */
  readonly index: number;
  /** Normalised L2 distance between the prediction and the demonstration, over its steps and actions. */
  readonly distance: number;
}

/** Share of noise of the one-step variant: what the last denoising step begins with, a tenth in the paper's ten. */
function littleNoise({ head }: VlaSpec): number {
  return "steps" in head ? 1 / head.steps : 0.1;
}

/**
 * TACO's high-fidelity feature search: a denoising model has never seen clean actions, so the demonstration's feature is
 * taken from the prediction that comes closest to it.
 *
 * @param target the demonstrated chunk, normalised, [chunkHorizon, actions]
 * @param known  how many of its values were demonstrated, where the rest is padding
 */
export async function searchFeature(
  model: VlaModel,
  observation: VlaObservation,
  target: Float32Array,
  noise: NoiseSource,
  search: FeatureSearch,
  known = target.length,
): Promise<FoundFeature> {
  const context = await model.encode(observation);
  const count = search.variant === "none" ? 1 : search.draws;
  const rows = noise.draw(count, noiseSize(model.spec));
  const { normalised, features } =
    search.variant === "one-step"
      ? await nearby(context, target, rows, littleNoise(model.spec))
      : await context.sample(rows);
  let [index, best] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const distance = squaredDistance(normalised, i * target.length, target, 0, known);
    if (distance < best) [index, best] = [i, distance];
  }
  const size = model.spec.featureSize;
  return { feature: features.slice(index * size, (index + 1) * size), index, distance: Math.sqrt(best) };
}

async function nearby(context: ObservationContext, target: Float32Array, noise: Float32Array, time: number) {
  if (context.refine === undefined)
    throw new SelectorNeedsError(
      "This model cannot denoise a given chunk.",
      "Search with full predictions: --search full.",
    );
  const copies = noise.map((_, i) => target[i % target.length]);
  return await context.refine(copies, noise, time);
}

/** Squared L2 distance between stretches of two arrays. */
export function squaredDistance(
  a: Float32Array,
  fromA: number,
  b: Float32Array,
  fromB: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[fromA + i] - b[fromB + i]) ** 2;
  return sum;
}
