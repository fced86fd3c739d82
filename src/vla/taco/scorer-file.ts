import { z } from "zod";
import { errorMessage } from "../../common/index.ts";
import { encodeModel, type Graph, mul, type Node, readMetadata } from "../../learn/index.ts";
import { VlaFileError } from "../errors.ts";

/** What an ONNX scorer says of itself, in its metadata under `contrapposto`. */
export const ScorerManifest = z.strictObject({
  format: z.literal("contrapposto scorer 1"),
  kind: z.enum(["coin-flip", "elliptical", "distillation", "neighbours"]),
  featureSize: z.int().positive(),
  /** Of the VLA whose features it was made from; a scorer says nothing about another model's. */
  modelHash: z.string(),
  /** Demonstration frames that it was made from. */
  samples: z.int().nonnegative(),
  config: z.record(z.string(), z.unknown()),
  provenance: z.record(z.string(), z.unknown()).default({}),
});
export type ScorerManifest = z.infer<typeof ScorerManifest>;

const KEY = "contrapposto";

/** What every maker of scorers is told about where its features come from. */
export type ScorerOrigin = Pick<ScorerManifest, "modelHash" | "samples"> & {
  readonly provenance?: Readonly<Record<string, unknown>>;
  /** What the columns of its table were multiplied by, [featureSize]; absent: 1. Candidates' features come as they are. */
  readonly weights?: Float32Array;
};

/** The input `features` [candidates, featureSize] of a scorer's graph, weighted as its table was. */
export function featureInput(graph: Graph, size: number, { weights }: ScorerOrigin): Node {
  const features = graph.input("features", ["candidates", size]);
  return weights === undefined ? features : mul(features, graph.constant(weights, [size]));
}

/** The ONNX file of a scorer: input `features` [candidates, featureSize], output `score` [candidates], low where known. */
export function writeScorer(
  graph: Graph,
  own: Pick<ScorerManifest, "kind" | "featureSize" | "config">,
  { modelHash, samples, provenance = {} }: ScorerOrigin,
): Uint8Array {
  const manifest: ScorerManifest = {
    format: "contrapposto scorer 1",
    ...own,
    modelHash,
    samples,
    provenance,
  };
  return encodeModel(graph.model(manifest.kind, { [KEY]: JSON.stringify(manifest) }));
}

/** The manifest in the bytes of a scorer. Throws `VlaFileError`. */
export function readScorerManifest(bytes: Uint8Array): ScorerManifest {
  try {
    return ScorerManifest.parse(JSON.parse(readMetadata(bytes).get(KEY) ?? "null"));
  } catch (cause) {
    throw new VlaFileError(
      `This is no scorer of ours: ${errorMessage(cause).replace(/\s+/g, " ").slice(0, 200)}.`,
      "Make one with train taco.",
      { cause },
    );
  }
}
