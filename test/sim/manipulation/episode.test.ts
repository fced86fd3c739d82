import { describe, expect, it } from "vitest";
import { SHIFTS, SPLITS, splitOf } from "../../../src/sim/manipulation/episode.ts";
import { MANIPULATION_TASKS } from "../../../src/sim/manipulation/tasks.ts";

const SEEDS = [...Array(150).keys()];

describe.each(MANIPULATION_TASKS.map((task) => [task.name, task] as const))("scenes of %s", (_, task) => {
  it("are decided by split, seed and shifts alone", () => {
    for (const split of SPLITS) {
      expect(task.layout({ split, seed: 4 })).toEqual(task.layout({ split, seed: 4 }));
      expect(task.layout({ split, seed: 4 })).not.toEqual(task.layout({ split, seed: 5 }));
    }
  });

  it("have their target where no scene of another split can have it", () => {
    for (const split of SPLITS)
      for (const seed of SEEDS) {
        const layout = task.layout({ split, seed });
        const [x, y] = layout.things.find(({ body }) => body === layout.target)?.pos ?? [];
        expect(splitOf(Number(x), Number(y))).toBe(split);
      }
  });

  it("are told in words that training never uses only where wordings are shifted", () => {
    const words = (shifts: readonly (typeof SHIFTS)[number][]) =>
      new Set(SEEDS.map((seed) => task.layout({ split: "test", seed, shifts }).instruction));
    const seen = words([]);
    const unseen = words(["wordings"]);
    expect(seen.size).toBeGreaterThan(4);
    expect(unseen.size).toBeGreaterThan(3);
    expect([...unseen].filter((instruction) => seen.has(instruction))).toEqual([]);
  });

  it("differ in what a shift names", () => {
    for (const shift of SHIFTS)
      expect(task.layout({ split: "test", seed: 9, shifts: [shift] })).not.toEqual(
        task.layout({ split: "test", seed: 9 }),
      );
  });

  it("name the colour of the target in the instruction where there is a choice", () => {
    for (const seed of SEEDS) {
      const { instruction, goal } = task.layout({ split: "train", seed });
      for (const word of goal.split(" ")) expect(instruction).toContain(word);
    }
  });
});

describe("the splits", () => {
  it("share the bench in about 70, 15 and 15 %", () => {
    const cells = Array.from({ length: 4000 }, (_, i) =>
      splitOf(0.3 + 0.02 * (i % 50), -0.8 + 0.02 * Math.floor(i / 50)),
    );
    const share = (split: string) => cells.filter((cell) => cell === split).length / cells.length;
    expect(share("train")).toBeCloseTo(0.7, 1);
    expect(share("validation")).toBeCloseTo(0.15, 1);
    expect(share("test")).toBeCloseTo(0.15, 1);
  });
});
