import { z } from "zod";

/** Sizes of the small VLA's network. */
export const NetworkShape = z.strictObject({
  patchSize: z.int().positive().default(8).describe("side of an image patch, pixels"),
  patchWidth: z.int().positive().default(64).describe("width of what is made of a patch"),
  glances: z.int().positive().default(12).describe("tokens that the pictures are read into"),
  landmarkToken: z
    .boolean()
    .default(false)
    .describe("a token that says where the thing is that the sentence speaks of"),
  width: z.int().positive().default(96).describe("width of the prefix transformer"),
  heads: z.int().positive().default(4).describe("attention heads of both transformers"),
  layers: z.int().positive().default(3).describe("layers of both transformers"),
  expertWidth: z.int().positive().default(128).describe("width of the action expert"),
  actionsPerToken: z
    .int()
    .positive()
    .default(16)
    .describe("actions of a chunk that share a token of the expert"),
  expansion: z.int().positive().default(2).describe("width inside an MLP, times the transformer's"),
  timeFeatures: z.int().positive().default(32).describe("sines and cosines of the flow time"),
  textTokens: z.int().positive().default(16).describe("words of an instruction that are read"),
  textPieces: z.int().positive().default(8).describe("pieces that a word is made of"),
  textBuckets: z.int().positive().default(512).describe("table rows that pieces are hashed to"),
});
export type NetworkShape = z.infer<typeof NetworkShape>;

/** A feature is what the expert makes of a chunk, and what it makes of the observation alone. */
export function featureSizeOf({ expertWidth }: NetworkShape): number {
  return 2 * expertWidth;
}
