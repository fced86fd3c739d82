import type { Model } from "../engine/index.ts";

const digests = new WeakMap<Model, string>();

/**
 * Digest of a model as it was when first asked for, which is before any plant has written motor gains or randomised
 * masses into it. Two plants with equal digests and equal configuration step alike.
 */
export function publishedDigest(model: Model): string {
  let digest = digests.get(model);
  if (digest === undefined) {
    digest = model.hash();
    digests.set(model, digest);
  }
  return digest;
}
