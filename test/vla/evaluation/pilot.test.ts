import { describe, expect, it } from "vitest";
import type { ManipulationEnvironment } from "../../../src/sim/index.ts";
import { Pilot, type PilotedEpisode } from "../../../src/vla/evaluation/pilot.ts";
import type { Candidates, VlaModel } from "../../../src/vla/model.ts";
import { selectorNamed } from "../../../src/vla/selection/selectors.ts";

const environment = {
  observe: () => ({ instruction: "", images: new Map(), proprioception: new Float32Array(0) }),
} as unknown as ManipulationEnvironment;

/** Two actions of one value: as many as there is noise, and the candidates are the noise itself. */
const model = {
  spec: { chunkHorizon: 2, actions: [{ name: "a" }], head: { kind: "flow" } },
  encode: async () => ({
    sample: async (noise: Float32Array): Promise<Candidates> => ({
      count: noise.length / 2,
      actions: noise.slice(),
      normalised: noise.slice(),
      features: noise.slice(),
    }),
  }),
} as unknown as VlaModel;

/** Two decisions' chunks. */
async function chunks(selector: string, candidates: number, change: Partial<PilotedEpisode> = {}) {
  const arm = { name: selector, selector: selectorNamed(selector, {}), candidates };
  const episode: PilotedEpisode = { task: "lift-box", split: "validation", seed: 3, ...change };
  const pilot = new Pilot(model, arm, episode, { executeHorizon: 1, noise: "fresh", now: () => 0 });
  const plans = [await pilot.decide(environment), await pilot.decide(environment)];
  return plans.flatMap(({ selection }) => [...selection.chunk]);
}

describe("the noise of an episode", () => {
  it("gives one candidate, whoever chooses it, and the first of sixteen bit for bit", async () => {
    const single = await chunks("single", 1);
    expect(await chunks("random", 1)).toEqual(single);
    expect(await chunks("single", 16)).toEqual(single);
    expect(await chunks("random", 16)).not.toEqual(single);
  });

  it("is another one for another seed, task or split, so that scenes are independent trials", async () => {
    const all = await Promise.all([
      chunks("single", 1),
      chunks("single", 1, { seed: 4 }),
      chunks("single", 1, { task: "hand-over" }),
      chunks("single", 1, { split: "test" }),
    ]);
    expect(new Set(all.flat()).size).toBe(16);
  });
});
