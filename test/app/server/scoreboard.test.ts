import { describe, expect, it } from "vitest";
import { Scoreboard } from "../../../src/app/server/vla/scoreboard.ts";

const trial = (scene: number, selector: string, isDone: boolean) => ({
  ...{ task: "press-button", selector, scene: String(scene) },
  state: isDone ? ("succeeded" as const) : ("failed" as const),
});

describe("the tally of a VLA's trials", () => {
  it("counts by task and selector, and sets the same scenes against each other", () => {
    const board = new Scoreboard();
    for (const [scene, on, off] of [
      [1, true, true],
      [2, true, false],
      [3, false, true],
      [4, false, false],
      [5, true, false],
    ] as const) {
      board.add(trial(scene, "taco", on));
      board.add(trial(scene, "single", off));
    }
    board.add(trial(6, "taco", true));
    expect(board.tally).toEqual([
      { task: "press-button", selector: "taco", successes: 4, trials: 6 },
      { task: "press-button", selector: "single", successes: 2, trials: 5 },
    ]);
    expect(board.pairs).toEqual([
      {
        ...{ task: "press-button", selectors: ["taco", "single"] },
        ...{ both: 1, onlyFirst: 2, onlySecond: 1, neither: 1 },
      },
    ]);
  });

  it("counts a scene that is done again once, as it came out last", () => {
    const board = new Scoreboard();
    board.add(trial(1, "taco", false));
    board.add(trial(1, "taco", true));
    expect(board.tally).toEqual([{ task: "press-button", selector: "taco", successes: 1, trials: 1 }]);
  });
});
