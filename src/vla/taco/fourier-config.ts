import { z } from "zod";

/** A counter whose hidden layer is random and whose output layer is fitted at once. */
export const FourierConfig = z.strictObject({
  waves: z.int().positive().default(1024).describe("random cosines of the features: its hidden layer"),
  bandwidth: z
    .number()
    .positive()
    .default(1)
    .describe("how far away things still look alike, times the usual distance of ten neighbours"),
  ridge: z
    .number()
    .positive()
    .default(0.1)
    .describe("squared weights cost so much, where a sample's error costs 1"),
  coins: z
    .int()
    .nonnegative()
    .default(0)
    .describe("coins that each sample flips; 0: as many as there could be, by their expectation"),
});
export type FourierConfig = z.infer<typeof FourierConfig>;
