import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import type { FrameRef } from "../../../src/vla/data/episodes.ts";
import { FrameOrder } from "../../../src/vla/small/frame-order.ts";

const EPISODES = 8;
const PICTURES = 6;
const frames: FrameRef[] = Array.from({ length: EPISODES * PICTURES }, (_, i) => ({
  episode: Math.floor(i / PICTURES),
  picture: i % PICTURES,
}));
const key = ({ episode, picture }: FrameRef) => `${episode}/${picture}`;

describe("the order of training frames", () => {
  it("shows every frame once before it shows one twice", () => {
    const order = new FrameOrder(frames, 8, 0, new Rng(1));
    const seen = Array.from({ length: 6 }, (_, step) => order.ofStep(step)).flat();
    expect(new Set(seen.map(key)).size).toBe(frames.length);
    expect(order.ofStep(6).map(key)).not.toEqual(order.ofStep(0).map(key));
  });

  it("takes the asked share of a step from first frames, each as often as the others", () => {
    const order = new FrameOrder(frames, 8, 0.25, new Rng(1));
    const counts = new Map<number, number>();
    for (let step = 0; step < 4; step++) {
      const [first, second, ...others] = order.ofStep(step);
      expect([first.picture, second.picture, others.length]).toEqual([0, 0, 6]);
      for (const { episode } of [first, second]) counts.set(episode, (counts.get(episode) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(Array.from({ length: EPISODES }, () => 1));
  });

  it("follows from seed and step alone, so that a resumed run sees what one that never stopped sees", () => {
    const [whole, resumed, other] = [1, 1, 2].map((seed) => new FrameOrder(frames, 8, 0.25, new Rng(seed)));
    for (let step = 0; step < 20; step++) whole.ofStep(step);
    expect(resumed.ofStep(20)).toEqual(whole.ofStep(20));
    expect(other.ofStep(20)).not.toEqual(whole.ofStep(20));
  });
});
