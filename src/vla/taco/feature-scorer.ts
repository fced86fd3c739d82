import { InferenceSession, type SessionOptions } from "../../learn/index.ts";
import { NotFiniteError, VlaMismatchError } from "../errors.ts";
import { readScorerManifest, type ScorerManifest } from "./scorer-file.ts";

/** Scores feature vectors: low where the demonstrations support them. It holds native memory: hold it with `using`. */
export class FeatureScorer implements Disposable {
  readonly manifest: ScorerManifest;
  readonly #session: InferenceSession;

  private constructor(manifest: ScorerManifest, session: InferenceSession) {
    this.manifest = manifest;
    this.#session = session;
  }

  /** Throws `VlaFileError` for bytes that are no scorer. */
  static async load(bytes: Uint8Array, options: SessionOptions = {}): Promise<FeatureScorer> {
    const manifest = readScorerManifest(bytes);
    return new FeatureScorer(manifest, await InferenceSession.load(bytes, options));
  }

  /** Throws `VlaMismatchError` unless the scorer was made from the features of this model. */
  requireModel(modelHash: string): void {
    if (this.manifest.modelHash === modelHash) return;
    throw new VlaMismatchError(
      `The scorer was made for the model ${this.manifest.modelHash}, not ${modelHash}.`,
      "Train the scorer again with train taco for this model.",
    );
  }

  /** A score for each row of `features` [count, featureSize], fresh. Throws `VlaMismatchError`, `NotFiniteError`. */
  async score(features: Float32Array): Promise<Float32Array> {
    return await this.#output(features, "score");
  }

  /** Norms of each counter's output, [count, nets]; only networks that descent has fitted have them. */
  async norms(features: Float32Array): Promise<Float32Array> {
    return await this.#output(features, "norms");
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  async #output(features: Float32Array, name: string): Promise<Float32Array> {
    const { featureSize } = this.manifest;
    if (features.length % featureSize !== 0 || features.length === 0)
      throw new VlaMismatchError(
        `${features.length} values are no feature vectors of ${featureSize}.`,
        "Use the scorer with the model that it was made for.",
      );
    if (!features.every(Number.isFinite))
      throw new NotFiniteError("A feature is no number.", "Check the model and its observation.");
    const dims = [features.length / featureSize, featureSize];
    const result = await this.#session.run({ features: { type: "float32", dims, data: features } }, [name]);
    return result[name].data as Float32Array;
  }
}

/** How many demonstrations look like it, by a score that estimates 1 / count. */
export function pseudoCount(score: number): number {
  return 1 / score;
}

/**
 * The index of the lowest score; the first of equal ones. Scores that are not finite never win.
 * Throws `NotFiniteError` where none is finite.
 */
export function lowest(scores: ArrayLike<number>): number {
  let best = -1;
  for (let i = 0; i < scores.length; i++)
    if (Number.isFinite(scores[i]) && (best < 0 || scores[i] < scores[best])) best = i;
  if (best >= 0) return best;
  throw new NotFiniteError(
    "No candidate has a finite score.",
    "Check the model, its features and the scorer.",
  );
}
