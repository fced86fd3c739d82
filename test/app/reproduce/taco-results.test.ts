import { describe, expect, it } from "vitest";
import { tacoFigures, tacoPage } from "../../../src/app/reproduce/taco-page.ts";
import { tacoResults } from "../../../src/app/reproduce/taco-results.ts";
import { QUICK_SIZE } from "../../../src/app/reproduce/taco-size.ts";
import type { SceneOutcome } from "../../../src/vla/index.ts";

const arm = (success: boolean) => ({
  success,
  latenciesMs: [2, 4],
  seamJumps: [0.1],
  staleSteps: 0,
  seconds: 3,
});

/** Scenes of one task: of every ten, so many succeed under each arm, the first ones. */
const scenes = (task: string, count: number, single: number, taco: number): SceneOutcome[] =>
  Array.from({ length: count }, (_, seed) => ({
    task,
    seed,
    arms: { single: arm(seed % 10 < single), taco: arm(seed % 10 < taco) },
  })) as unknown as SceneOutcome[];

describe("the results of a reproduction", () => {
  const good = [...scenes("lift", 50, 5, 8), ...scenes("press", 50, 6, 7)];

  it("average the gain over tasks and seeds, and say which pair it comes from", () => {
    const weaker = [...scenes("lift", 50, 5, 7), ...scenes("press", 50, 6, 6)];
    const results = tacoResults({ headline: [[good, weaker], [good]] }, QUICK_SIZE, {});
    expect(results.gain.mean).toBeCloseTo((2 * 0.2 + 0.1) / 3, 12);
    expect(results.gainByTask.lift.mean).toBeCloseTo((2 * 0.3 + 0.2) / 3, 12);
    expect(results.gain.low).toBeGreaterThan(0.05);
    expect(results.seeds.map(({ policy, counter, taco }) => [policy, counter, taco])).toEqual([
      [1, 1, 0.75],
      [1, 2, 0.65],
      [2, 1, 0.75],
    ]);
    expect(results.seeds[0].pairing).toMatchObject({ wins: 20, losses: 0 });
    expect(results.isShown).toBe(true);
  });

  it("show nothing where the gain is small, or one task loses", () => {
    const small = [...scenes("lift", 50, 5, 6), ...scenes("press", 50, 6, 6)];
    expect(tacoResults({ headline: [[small]] }, QUICK_SIZE, {}).isShown).toBe(false);
    const mixed = [...scenes("lift", 50, 1, 9), ...scenes("press", 50, 6, 4)];
    const results = tacoResults({ headline: [[mixed]] }, QUICK_SIZE, {});
    expect(results.gain.mean).toBeGreaterThan(0.1);
    expect(results.gainByTask.press).toMatchObject({ mean: expect.closeTo(-0.2, 9) });
    expect(results.isShown).toBe(false);
  });

  it("are written as tables and figures of what was run, and of nothing else", () => {
    const counts = { 1: scenes("lift", 20, 5, 5), 16: scenes("lift", 20, 5, 8) };
    const results = tacoResults({ headline: [[good]], counts }, QUICK_SIZE, {});
    const page = tacoPage(results, "contrapposto reproduce taco");
    expect(page).toContain("**Primary endpoint (decision 15): met.**");
    expect(page).toContain("| lift | 50.0 % | 80.0 % | +30.0 |");
    expect(page).toMatch(/## Number of candidates[\s\S]*\| 16 \| 20 \| 50\.0 % \|.*80\.0 %/);
    expect(page).not.toContain("## Selectors");
    const figures = tacoFigures(results);
    expect(Object.keys(figures)).toEqual(["taco-candidates.svg"]);
    for (const file of Object.keys(figures)) expect(page).toContain(`](${file})`);
    expect(figures["taco-candidates.svg"]).toMatch(/1 candidate<.*16 candidates</s);
  });
});
