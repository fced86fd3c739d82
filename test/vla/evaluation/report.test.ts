import { describe, expect, it } from "vitest";
import { comparePaired, mcnemarExact } from "../../../src/vla/evaluation/paired.ts";
import { reportVla, type SceneOutcome } from "../../../src/vla/evaluation/report.ts";
import {
  checkAgainstRobot,
  normalise,
  outsideShare,
  rebase,
  statisticsOf,
  unnormalise,
} from "../../../src/vla/normalisation.ts";
import { tokenize, words } from "../../../src/vla/small/tokenizer.ts";
import { VlaSpec } from "../../../src/vla/vla-spec.ts";

describe("McNemar's exact test", () => {
  it("is the two-sided binomial tail of the discordant pairs", () => {
    expect(mcnemarExact(0, 0)).toBe(1);
    expect(mcnemarExact(5, 0)).toBeCloseTo(2 / 32, 12);
    expect(mcnemarExact(8, 2)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 12);
    expect(mcnemarExact(2, 8)).toBe(mcnemarExact(8, 2));
    expect(mcnemarExact(4, 4)).toBe(1);
    expect(mcnemarExact(300, 200)).toBeGreaterThan(0);
    expect(mcnemarExact(300, 200)).toBeLessThan(1e-4);
  });

  it("counts who alone solved a scene", () => {
    expect(comparePaired([true, true, false, false], [true, false, true, false])).toMatchObject({
      wins: 1,
      losses: 1,
    });
  });
});

describe("a report", () => {
  it("has rates by task and in all, latencies, and each arm against the single sample", () => {
    const arm = (success: boolean) => ({ success, actions: 3, latenciesMs: [1, 3], seamJump: 1 });
    const scenes: SceneOutcome[] = Array.from({ length: 10 }, (_, i) => ({
      task: i < 5 ? "a" : "b",
      seed: i,
      arms: { single: arm(i % 2 === 0), taco: arm(i !== 9) },
    }));
    const report = reportVla(scenes);
    expect(report.episodes).toBe(10);
    expect(report.tasks.a.single.success).toBeCloseTo(0.6, 12);
    expect(report.mean.taco.success).toBeCloseTo(0.9, 12);
    expect(report.mean.taco.low).toBeCloseTo(0.596, 3); // Wilson, 9 of 10
    expect(report.latencyMs.taco).toEqual({ p50: 2, p99: 3 });
    expect(report.againstSingle.taco).toMatchObject({ wins: 4, losses: 0 });
  });
});

describe("normalisation", () => {
  it("goes there and back, and leaves a dimension that never moved finite", () => {
    const rows = Float32Array.of(1, 5, 3, 5, 5, 5);
    const statistics = statisticsOf(rows, 2);
    expect(statistics.mean).toEqual([3, 5]);
    const there = normalise(rows, statistics, new Float32Array(6));
    expect(there[1]).toBe(0);
    const back = unnormalise(there, statistics, new Float32Array(6));
    rows.forEach((value, i) => {
      expect(back[i]).toBeCloseTo(value, 6);
    });
    expect(outsideShare([100, 5], statistics)).toBe(0.5);
  });

  it("takes the measured angle from relative actions, and gives it back", () => {
    const dims = [
      { name: "a", kind: "joint" as const, relativeTo: 1 },
      { name: "b", kind: "plain" as const },
    ];
    const chunk = Float32Array.of(1, 2, 3, 4);
    expect([...rebase(chunk, dims, [9, 0.5], -1)]).toEqual([0.5, 2, 2.5, 4]);
    expect([...rebase(chunk, dims, [9, 0.5], 1)]).toEqual([1, 2, 3, 4]);
  });

  it("is checked against the robot: its joints, and their ranges", () => {
    const statistics = (low: number, high: number) => ({
      count: 2,
      mean: [0],
      std: [1],
      q01: [low],
      q99: [high],
    });
    const spec = (name: string, low: number, high: number) =>
      VlaSpec.parse({
        format: "contrapposto vla 1",
        name: "m",
        robot: "r",
        cameras: [],
        proprioception: ["x"],
        actions: [{ name, kind: "joint" }],
        chunkHorizon: 2,
        executeHorizon: 1,
        chunkTimestep: 0.1,
        head: { kind: "flow" },
        featureSize: 1,
        normalisation: { proprioception: statistics(0, 1), actions: statistics(low, high) },
        modelHash: "",
      });
    const robot = { name: "r", joints: [{ name: "elbow", range: [-1, 1] }] } as unknown as Parameters<
      typeof checkAgainstRobot
    >[1];
    expect(() => checkAgainstRobot(spec("elbow", -1, 1), robot)).not.toThrow();
    expect(() => checkAgainstRobot(spec("knee", -1, 1), robot)).toThrow("does not have");
    expect(() => checkAgainstRobot(spec("elbow", -60, 57), robot)).toThrow("joint goes from");
  });
});

describe("the tokenizer", () => {
  const shape = { textTokens: 4, textPieces: 8, textBuckets: 4096 };
  const pieces = (text: string, word = 0) =>
    new Set(
      tokenize(text, shape, new Int32Array(32))
        .slice(8 * word, 8 * word + 8)
        .filter((id) => id > 0),
    );

  it("gives related words common pieces, and others hardly any", () => {
    const common = (a: string, b: string) => [...pieces(a)].filter((id) => pieces(b).has(id)).length;
    expect(common("boxes", "box")).toBeGreaterThan(0);
    expect(common("button", "buttons")).toBeGreaterThan(3);
    expect(common("red", "blue")).toBe(0);
  });

  it("ignores case and punctuation, and fills up with zeros", () => {
    expect(words("Press the RED button!")).toEqual(["press", "the", "red", "button"]);
    expect(pieces("Red")).toEqual(pieces("red!"));
    expect(tokenize("go", shape, new Int32Array(32)).slice(8)).toEqual(new Int32Array(24));
  });
});
