import { z } from "zod";
import { NetworkShape } from "./network-shape.ts";

/** How the small VLA is trained. */
export const VlaTraining = z.strictObject({
  head: z
    .enum(["flow", "diffusion", "autoregressive"])
    .default("flow")
    .describe("how chunks come out of the network"),
  denoisingSteps: z.int().positive().default(5).describe("passes of the expert for a chunk"),
  bins: z.int().min(2).default(64).describe("values of a token of the autoregressive head"),
  chunkHorizon: z.int().positive().default(16).describe("actions predicted at once"),
  executeHorizon: z.int().positive().default(8).describe("actions used before the next chunk"),
  relativeActions: z.boolean().default(true).describe("joints as differences to where they are"),
  // Networks whose manifest does not speak of it were made before there was one.
  network: NetworkShape.extend({
    landmarkToken: NetworkShape.shape.landmarkToken
      .unwrap()
      .default(true)
      .describe("a token that says where the thing is that the sentence speaks of"),
  }).prefault({}),
  batchSize: z.int().positive().default(32).describe("frames a step"),
  firstFrameShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe("of a step's frames that are the first of their demonstration"),
  noisesPerFrame: z
    .int()
    .positive()
    .default(6)
    .describe("draws of noise and time that share a frame's prefix"),
  steps: z
    .int()
    .positive()
    .default(24_000)
    .describe("gradient steps in all; the learning rate ends with them"),
  learningRate: z.number().positive().default(1.5e-3).describe("at its peak"),
  warmUp: z.int().nonnegative().default(300).describe("steps until the peak"),
  weightDecay: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe("of weight matrices, per unit of learning rate"),
  maxGradientNorm: z.number().positive().default(1).describe("longer gradients are shortened to this"),
  emaDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.999)
    .describe("of the averaged weights, which are what is exported"),
  landmarkWeight: z
    .number()
    .nonnegative()
    .default(4)
    .describe("of the loss for saying where the thing is that the sentence speaks of"),
  glanceDropout: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe("share of frames with a landmark whose chunk is learned from it, body and sentence alone"),
  shift: z.int().nonnegative().default(0).describe("pictures are moved by up to so many pixels"),
  brightness: z
    .number()
    .min(0)
    .max(1)
    .default(0.15)
    .describe("pictures are made brighter or darker by this share"),
  proprioceptionNoise: z.number().nonnegative().default(0.05).describe("deviation, in normalised units"),
  validationShare: z.number().min(0).max(0.5).default(0.08).describe("episodes kept aside"),
});
export type VlaTraining = z.infer<typeof VlaTraining>;
