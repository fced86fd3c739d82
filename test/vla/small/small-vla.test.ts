import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import {
  decodeModel,
  encodeModel,
  InferenceSession,
  type ParameterLayout,
} from "../../../src/learn/index.ts";
import { noiseSize } from "../../../src/vla/model.ts";
import { prefixGraph, stepGraph, type VlaFiles } from "../../../src/vla/small/export.ts";
import { readVlaSpec, SmallVla } from "../../../src/vla/small/small-vla.ts";
import { networkLayout } from "../../../src/vla/small/training-graph.ts";
import { toyScene } from "../support/toy-demos.ts";
import { noiseOf, toyConfig, toyModel, toyObservation } from "../support/toy-model.ts";

const scene = toyScene(new Rng(5));

describe.each(["flow", "diffusion", "autoregressive"] as const)("a small VLA with a %s head", (head) => {
  let files: VlaFiles;
  beforeAll(async () => {
    files = await toyModel({ head, chunkHorizon: 4, bins: 16, denoisingSteps: 4 }, 30);
  });

  it("gives a candidate, and one feature vector, for each row of noise", async () => {
    using model = await SmallVla.load(files);
    const { spec } = model;
    const context = await model.encode(toyObservation(scene));
    const candidates = await context.sample(noiseOf(5 * noiseSize(spec)));
    expect(candidates.count).toBe(5);
    expect(candidates.actions).toHaveLength(5 * 4 * 2);
    expect(candidates.normalised).toHaveLength(5 * 4 * 2);
    expect(candidates.features).toHaveLength(5 * spec.featureSize);
    const rms = Math.sqrt(
      candidates.features.reduce((sum, x) => sum + x * x, 0) / candidates.features.length,
    );
    expect(rms).toBeGreaterThan(0.5); // after the final norm, so that x10 means what it meant in the paper
    expect(rms).toBeLessThan(2);
    expect(candidates.logProb?.length).toBe(head === "autoregressive" ? 5 : undefined);
  });

  it("tells by the second half of a feature what was seen, alike for all candidates and draws", async () => {
    using model = await SmallVla.load(files);
    const { featureSize: size } = model.spec;
    const outlooks = async (hand: readonly [number, number]) => {
      const context = await model.encode(toyObservation(scene, hand));
      const draws = [3, 1].map((count) => context.sample(noiseOf(count * noiseSize(model.spec))));
      const rows = (await Promise.all(draws)).flatMap(({ features, count }) =>
        Array.from({ length: count }, (_, i) => features.slice((i + 0.5) * size, (i + 1) * size)),
      );
      for (const row of rows) expect(row).toEqual(rows[0]);
      return rows[0];
    };
    const [here, there] = [await outlooks([0.5, 0.1]), await outlooks([0.2, 0.7])];
    expect(Math.hypot(...here.map((value, j) => value - there[j]))).toBeGreaterThan(0.3);
  });

  it("lets each row of noise decide its candidate alone", async () => {
    using model = await SmallVla.load(files);
    const size = noiseSize(model.spec);
    const noise = noiseOf(6 * size);
    const context = await model.encode(toyObservation(scene));
    const together = await context.sample(noise);
    const alone = await context.sample(noise.slice(2 * size, 3 * size));
    expectClose(together.actions.slice(2 * size, 3 * size), alone.actions, 1e-5);
    const f = model.spec.featureSize;
    expectClose(together.features.slice(2 * f, 3 * f), alone.features, 1e-5);
  });

  it("gives the same bits for the same noise", async () => {
    using model = await SmallVla.load(files);
    const noise = noiseOf(3 * noiseSize(model.spec));
    const first = await (await model.encode(toyObservation(scene))).sample(noise);
    const again = await (await model.encode(toyObservation(scene))).sample(noise);
    expect(again.actions).toEqual(first.actions);
    expect(again.features).toEqual(first.features);
  });

  // Check 6 of the reference.
  it("computes on a shared prefix what it computes on copies of it, within 1e-5", async () => {
    const spec = readVlaSpec(files.prefix);
    const layout = networkLayout(spec);
    const weights = weightsOf(files, layout);
    const graphs = [prefixGraph(spec, layout, weights), stepGraph(spec, layout, weights, "replicated")];
    using prefix = await InferenceSession.load(encodeModel(graphs[0].model()));
    using replicated = await InferenceSession.load(encodeModel(graphs[1].model()));
    using shared = await InferenceSession.load(files.step);
    const one = await prefix.run(prefixFeeds(1));
    const copies = await prefix.run(prefixFeeds(3));
    const [horizon, actions] = [spec.chunkHorizon, spec.actions.length];
    const chunk = (dims: number[]) => ({
      type: "float32" as const,
      dims,
      data: noiseOf(3 * horizon * actions),
    });
    const spelled = (dims: number[]) => ({
      type: "int32" as const,
      dims,
      data: Int32Array.from({ length: 3 * horizon * actions }, (_, i) => i % 16),
    });
    const time = { type: "float32" as const, dims: [1, 1], data: Float32Array.of(0.3) };
    const feeds = (batch: number, candidates: number) =>
      head === "autoregressive"
        ? { spelled: spelled([batch, candidates, horizon * actions]) }
        : { chunk: chunk([batch, candidates, horizon, actions]), time };
    const a = await shared.run({ ...one, ...feeds(1, 3) });
    const b = await replicated.run({ ...copies, ...feeds(3, 1) });
    expectClose(a.output.data as Float32Array, b.output.data as Float32Array, 1e-5);
    expectClose(a.hidden.data as Float32Array, b.hidden.data as Float32Array, 1e-5);
  });

  it("refuses pictures and proprioception that are not the manifest's", async () => {
    using model = await SmallVla.load(files);
    const good = toyObservation(scene);
    await expect(model.encode({ ...good, images: {} })).rejects.toThrow('camera "top" at 16 x 16');
    await expect(model.encode({ ...good, proprioception: [1] })).rejects.toThrow("model reads 2");
    const other = await toyModel({ head, chunkHorizon: 4, bins: 16, denoisingSteps: 4 }, 1, 2);
    await expect(SmallVla.load({ prefix: files.prefix, step: other.step })).rejects.toThrow("two graphs");
    expect(() => readVlaSpec(encodeModel(decodeModel(files.step)).subarray(0, 3))).toThrow("no VLA of ours");
  });
});

describe("a flow-matching head", () => {
  it("gives in one graph what it gives step by step, chunks of one token and of several", async () => {
    for (const actionsPerToken of [1, 4]) {
      const { network } = toyConfig();
      const files = await toyModel({
        chunkHorizon: 4,
        denoisingSteps: 4,
        network: { ...network, actionsPerToken },
      });
      using model = await SmallVla.load(files);
      const context = await model.encode(toyObservation(scene));
      const noise = noiseOf(3 * noiseSize(model.spec));
      const atOnce = await context.sample(noise);
      // Guidance without weight changes nothing, but needs the steps.
      const free = { previous: new Float32Array(noiseSize(model.spec)), weights: new Float32Array(4) };
      const stepwise = await context.sample(noise, { guidance: free });
      expectClose(atOnce.actions, stepwise.actions, 1e-5);
      expectClose(atOnce.features, stepwise.features, 1e-5);
    }
  });
});

describe("a denoising head", () => {
  it("denoises a corrupted chunk in one step, with the feature of that pass", async () => {
    using model = await SmallVla.load(await toyModel({ denoisingSteps: 1 }, 30));
    const context = await model.encode(toyObservation(scene));
    const noise = noiseOf(2 * noiseSize(model.spec));
    const whole = await context.sample(noise);
    const once = await context.refine?.(new Float32Array(noise.length), noise, 1);
    // From pure noise in one step, both are the same pass.
    expectClose(once?.normalised ?? new Float32Array(), whole.normalised, 1e-5);
    expectClose(once?.features ?? new Float32Array(), whole.features, 1e-6);
  });
});

function prefixFeeds(batch: number) {
  const { images, proprioception } = toyObservation(scene);
  const repeat = <T extends number>(values: ArrayLike<T>) =>
    Array.from({ length: batch }, () => [...Array.from(values)]).flat();
  return {
    image_top: {
      type: "uint8" as const,
      dims: [batch, 16, 16, 3],
      data: Uint8Array.from(repeat(images.top.rgb)),
    },
    tokens: { type: "int32" as const, dims: [batch, 8, 4], data: new Int32Array(batch * 32).fill(3) },
    proprioception: {
      type: "float32" as const,
      dims: [batch, 2],
      data: Float32Array.from(repeat(Array.from(proprioception))),
    },
  };
}

/** The flat vector of weights, from the named constants of both graphs. */
function weightsOf({ prefix, step }: VlaFiles, layout: ParameterLayout): Float32Array {
  const weights = new Float32Array(layout.size);
  for (const bytes of [prefix, step])
    for (const { name, data } of decodeModel(bytes).graph.initializers)
      if (layout.entries.some((entry) => entry.name === name))
        layout.view(weights, name).set(data as Float32Array);
  return weights;
}

function expectClose(a: Float32Array, b: Float32Array, tolerance: number): void {
  expect(a.length).toBe(b.length);
  const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  expect(worst).toBeLessThan(tolerance);
}
