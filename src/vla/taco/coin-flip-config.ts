import { z } from "zod";

/** The network that counts: TACO's, whose class calls these h, d and so on. */
export const CoinFlipShape = z.strictObject({
  width: z.int().positive().default(128).describe("hidden width"),
  blocks: z.int().nonnegative().default(3).describe("residual blocks"),
  expansion: z.int().positive().default(4).describe("width inside a block, times the hidden width"),
  coins: z.int().positive().default(256).describe("outputs, one for each coin of a sample"),
  inputScale: z.number().positive().default(10).describe("what features are multiplied by"),
  prior: z
    .enum(["copy", "independent", "none"])
    .default("copy")
    .describe("frozen random network added to the output: begins equal, begins apart, or absent"),
});
export type CoinFlipShape = z.infer<typeof CoinFlipShape>;

/** How it is trained, and how many. */
export const CoinFlipConfig = z.strictObject({
  shape: CoinFlipShape.prefault({}),
  target: z
    .enum(["coins", "zero"])
    .default("coins")
    .describe("coins count; zero makes it random network distillation"),
  nets: z.int().positive().default(5).describe("networks whose scores are averaged"),
  dropout: z.number().min(0).max(0.9).default(0.1).describe("share of activations dropped in training"),
  batchSize: z.int().positive().default(512).describe("samples a forward pass, at most a twentieth of all"),
  accumulate: z.int().positive().default(2).describe("batches whose gradients make one update"),
  epochs: z.int().positive().default(16).describe("passes over the features, at least"),
  minUpdates: z.int().nonnegative().default(800).describe("updates, at least"),
  learningRate: z.number().positive().default(1e-3).describe("at the peak of the one-cycle schedule"),
});
export type CoinFlipConfig = z.infer<typeof CoinFlipConfig>;

/** The published recipe: one network of width 1536 with 20 coins, 16 epochs. */
export const PUBLISHED_COIN_FLIP: CoinFlipConfig = CoinFlipConfig.parse({
  shape: { width: 1536, coins: 20 },
  nets: 1,
  minUpdates: 0,
});

/** The published recipe with a width that fits small features. */
export const SCALED_COIN_FLIP: CoinFlipConfig = CoinFlipConfig.parse({
  shape: { width: 256, coins: 20 },
  nets: 1,
  minUpdates: 0,
});

/** Random network distillation (Burda et al. 2019) with the same network: how badly a random one is imitated. */
export const DISTILLATION: CoinFlipConfig = CoinFlipConfig.parse({
  shape: { prior: "independent" },
  target: "zero",
  nets: 1,
});
