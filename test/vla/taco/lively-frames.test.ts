import { describe, expect, it } from "vitest";
import { VlaTrainer } from "../../../src/vla/small/trainer.ts";
import { livelyFrames } from "../../../src/vla/taco/lively-frames.ts";
import { toyDemos } from "../support/toy-demos.ts";
import { toyConfig } from "../support/toy-model.ts";

const FRAMES = 40;
const PAUSE = 20;

describe("frames worth counting", async () => {
  const toy = toyDemos({ episodes: 4, seed: 1 });
  const config = toyConfig({ chunkHorizon: 8, executeHorizon: 4 });
  using trainer = await VlaTrainer.create({ name: "toy", set: toy, config, seed: 1, now: () => 0 });
  const { spec } = trainer;
  // Walks for half of the time and then stands.
  const places = Float32Array.from(
    { length: 2 * FRAMES },
    (_, i) => 0.02 * Math.min(PAUSE, Math.floor(i / 2)),
  );
  const [first] = toy.episodes;
  const episode = { ...first, frames: FRAMES, actions: places, proprioception: places, imageStride: 1 };
  const set = { ...toy, episodes: [episode] };
  const lively = (share: number) =>
    livelyFrames(set, spec, share)
      .map(({ picture }) => picture)
      .sort((a, b) => a - b);

  it("are not those in which somebody pauses", () => {
    expect(lively(17 / 37)).toEqual(Array.from({ length: PAUSE }, (_, i) => i));
  });

  it("have a whole execute horizon before them", () => {
    expect(Math.max(...lively(0.01))).toBe(FRAMES - spec.executeHorizon);
  });

  it("are all where nothing is to be left out", () => {
    expect(lively(0)).toHaveLength(FRAMES);
  });
});
