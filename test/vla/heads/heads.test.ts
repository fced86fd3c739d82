import { describe, expect, it } from "vitest";
import { binCentre, binOf, normalCdf, spell } from "../../../src/vla/heads/autoregressive.ts";
import {
  DIFFUSION,
  denoise,
  denoiseOnce,
  type ExpertPass,
  FLOW,
  type NoiseProcess,
} from "../../../src/vla/heads/denoising.ts";
import { noiseOf } from "../support/toy-model.ts";

describe.each<[string, NoiseProcess]>([
  ["flow matching", FLOW],
  ["diffusion", DIFFUSION],
])("%s", (_, process) => {
  /** A network that knows the answer: the output that leads from any point to the clean chunk. */
  const knowing =
    (clean: Float32Array): ExpertPass =>
    async (chunks, time) => {
      const output = chunks.map((value, i) => {
        const probe = process.corrupt(clean[i], 0, time); // what is there without noise
        const unit = process.corrupt(0, 1, time);
        return process.target(clean[i], (value - probe) / unit);
      });
      return { output, hidden: chunks.slice() };
    };

  it("arrives at the clean chunk when the network is right, in any number of steps", async () => {
    const clean = Float32Array.of(0.5, -1, 2, 0.1);
    for (const steps of [1, 4, 10]) {
      const { chunks } = await denoise(process, knowing(clean), noiseOf(4), steps);
      chunks.forEach((value, i) => {
        expect(value).toBeCloseTo(clean[i], 4);
      });
    }
  });

  it("recovers a corrupted chunk in one step when the network is right", async () => {
    const clean = Float32Array.of(0.5, -1);
    const { chunks, hidden } = await denoiseOnce(process, knowing(clean), clean, noiseOf(2), 0.1);
    chunks.forEach((value, i) => {
      expect(value).toBeCloseTo(clean[i], 5);
    });
    expect(hidden).toHaveLength(2);
  });

  it("is bent towards the old plan where that binds, and nowhere else", async () => {
    const clean = new Float32Array(8).fill(1);
    const previous = new Float32Array(8).fill(-1);
    const weights = Float32Array.of(1, 1, 0, 0);
    const guidance = { previous, weights };
    const { chunks } = await denoise(process, knowing(clean), noiseOf(8), 10, guidance);
    const free = await denoise(process, knowing(clean), noiseOf(8), 10);
    for (let i = 0; i < 4; i++) expect(chunks[i]).toBeLessThan(free.chunks[i] - 0.5);
    for (let i = 4; i < 8; i++) expect(chunks[i]).toBe(free.chunks[i]);
  });

  it("leaves the noise that it was given alone", async () => {
    const noise = noiseOf(4);
    const before = noise.slice();
    await denoise(process, knowing(new Float32Array(4)), noise, 3);
    expect(noise).toEqual(before);
  });
});

describe("spelling", () => {
  it("draws tokens by their probabilities, and says how probable the chunk was", async () => {
    const bins = 3;
    const logits = [0, 1, 2]; // p = 0.09, 0.245, 0.665
    const count = 4000;
    const { tokens, logProb } = await spell(
      async (spelled) => ({
        logits: Float32Array.from({ length: spelled.length * bins }, (_, i) => logits[i % bins]),
        hidden: new Float32Array(spelled.length),
      }),
      noiseOf(2 * count),
      2,
      { bins, temperature: 1 },
    );
    const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
    logits.forEach((logit, bin) => {
      const share = tokens.filter((token) => token === bin).length / tokens.length;
      expect(Math.abs(share - Math.exp(logit) / total)).toBeLessThan(0.02);
    });
    for (let i = 0; i < 20; i++) {
      const expected = [0, 1].reduce((sum, j) => sum + logits[tokens[2 * i + j]] - Math.log(total), 0);
      expect(logProb[i]).toBeCloseTo(expected, 5);
    }
  });

  it("cuts actions into bins, whose middles fall back into them", () => {
    for (const bins of [2, 16, 64])
      for (let bin = 0; bin < bins; bin++) expect(binOf(binCentre(bin, bins), bins)).toBe(bin);
    expect(binOf(-50, 16)).toBe(0);
    expect(binOf(50, 16)).toBe(15);
    expect(normalCdf(0)).toBeCloseTo(0.5, 6);
    expect(normalCdf(1.959964)).toBeCloseTo(0.975, 6);
    expect(normalCdf(-1)).toBeCloseTo(0.1586553, 6);
  });
});
