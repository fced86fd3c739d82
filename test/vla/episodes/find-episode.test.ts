import { describe, expect, it } from "vitest";
import { MANIPULATION_TASKS, manipulationTask } from "../../../src/sim/index.ts";
import { episodeFor, taskFor } from "../../../src/vla/node.ts";

describe("finding what a sentence is about", () => {
  it.each(MANIPULATION_TASKS.map(({ name }) => name))(
    "knows the sentences of %s, also unseen ones",
    (name) => {
      const { layout } = manipulationTask(name);
      for (let seed = 0; seed < 12; seed++)
        for (const shifts of [[], ["wordings"]] as const)
          expect(taskFor(layout({ split: "test", seed, shifts: [...shifts] }).instruction)).toBe(name);
    },
  );

  it("says what it could be told where no word is known", () => {
    expect(() => taskFor("sing")).toThrow("No task fits");
  });

  it("finds a scene in which success means what was said", () => {
    const request = episodeFor("pick-place", "put the red box in the left tray", { split: "test", seed: 0 });
    expect(manipulationTask("pick-place").layout(request).goal).toBe("red left");
    const next = episodeFor("pick-place", "put the red box in the left tray", {
      split: "test",
      seed: request.seed + 1,
    });
    expect(next.seed).toBeGreaterThan(request.seed);
  });

  it("says what is missing where no scene fits", () => {
    expect(() => episodeFor("press-button", "press the button", { split: "test", seed: 0 })).toThrow(
      "Name what the task needs",
    );
  });
});
