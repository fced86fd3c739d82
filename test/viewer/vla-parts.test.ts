import { describe, expect, it } from "vitest";
import { packPictures, picturesPlan } from "../../src/app/server/vla/vla-streams.ts";
import { picturesOf } from "../../src/viewer/host/live-vla.ts";
import { comparison } from "../../src/viewer/vla/comparison.ts";
import { DecisionLog } from "../../src/viewer/vla/decision-log.ts";
import { SupportScale, supportColour } from "../../src/viewer/vla/support-scale.ts";
import { type DecisionMessage, StreamReader } from "../../src/wire/index.ts";

const decision = (change: Partial<DecisionMessage> = {}): DecisionMessage => ({
  ...{ op: "decision", number: 0, task: "press-button", seed: 1, selector: "taco", seconds: 0 },
  ...{ chosen: 0, judge: "taco", scores: [0.1, 1], milliseconds: 5 },
  ...change,
});

describe("the colours of support", () => {
  it("go from warm for the rarest candidate to cool for the most frequent one, counts by their logarithm", () => {
    const scale = new SupportScale({ judge: "taco", scores: [0.01, 0.1, 1] });
    expect(scale.range.map((count) => Number(count.toFixed(6)))).toEqual([1, 100]);
    expect([1, 0.1, 0.01].map((score) => Number(scale.share(score).toFixed(6)))).toEqual([0, 0.5, 1]);
    const [[r, , b], [coolR, , coolB]] = [supportColour(0), supportColour(1)];
    expect(r).toBeGreaterThan(b);
    expect(coolB).toBeGreaterThan(coolR);
  });

  it("do not blow up differences between counts that are about equal", () => {
    const scale = new SupportScale({ judge: "taco", scores: [0.5, 0.505] });
    for (const score of [0.5, 0.505]) expect(Math.abs(scale.share(score) - 0.5)).toBeLessThan(0.02);
  });

  it("take a low score for much support whoever judges, and the middle where nothing differs", () => {
    const scale = new SupportScale({ judge: "medoid", scores: [3, 7] });
    expect([scale.share(3), scale.share(7)]).toEqual([1, 0]);
    expect(new SupportScale({ judge: "medoid", scores: [4, 4] }).share(4)).toBe(0.5);
  });
});

describe("the history of scores", () => {
  it("sets trials of one scene side by side, and the newest one's candidates around them", () => {
    const log = new DecisionLog();
    for (const seconds of [0, 0.8]) log.add(decision({ seconds, chosen: 0 }));
    log.add(decision({ selector: "single", chosen: 1 }));
    expect(log.columns).toEqual([
      [0, 0.8],
      [10, 10],
      [1, null],
      [1, null],
      [10, null],
    ]);
  });

  it("begins anew with another scene, and replaces a trial that is done again", () => {
    const log = new DecisionLog();
    log.add(decision());
    log.add(decision({ selector: "single" }));
    log.add(decision({ seed: 2 }));
    expect(log.courses.map(({ selector }) => selector)).toEqual(["taco"]);
    log.add(decision({ seed: 2, seconds: 0.8 }));
    log.add(decision({ seed: 2, selector: "single" }));
    log.add(decision({ seed: 2 }));
    expect(log.courses.map(({ selector, decisions }) => [selector, decisions.length])).toEqual([
      ["single", 1],
      ["taco", 1],
    ]);
  });

  it("has no point where what was done is none of the candidates", () => {
    const log = new DecisionLog();
    log.add(decision({ selector: "mean", chosen: null }));
    expect(log.columns[1]).toEqual([null]);
  });
});

it("carries pictures through a stream of numbers without a change", () => {
  const cameras = [
    { name: "head", width: 2, height: 2 },
    { name: "wrist", width: 1, height: 1 },
  ];
  const images = {
    head: { width: 2, height: 2, rgb: Uint8Array.of(0, 0, 0, 255, 255, 255, 1, 2, 3, 254, 128, 7) },
    wrist: { width: 1, height: 1, rgb: Uint8Array.of(200, 0, 255) },
  };
  const reader = new StreamReader({ ...picturesPlan(cameras, 1), id: 1, direction: "out" });
  const values = packPictures(cameras, images);
  const sample = reader.read({ type: 1, flags: 0, stream: 1, sequence: 0, timeNs: 0, values });
  const shown = picturesOf(sample, cameras).map(({ rgba }) => [...rgba]);
  expect(shown).toEqual([
    [0, 0, 0, 255, 255, 255, 255, 255, 1, 2, 3, 255, 254, 128, 7, 255],
    [200, 0, 255, 255],
  ]);
});

it("sets the way of choosing against a single sample, and TACO where that is what is chosen", () => {
  const asked = { task: "", instruction: "", isSaid: false, seed: 0, candidates: 16, goesOn: false };
  const of = (selectors: string[], chosen: string) =>
    comparison({ selectors, asked: { ...asked, selectors: [chosen] } })[0];
  expect(of(["single", "medoid", "taco"], "single")).toBe("taco");
  expect(of(["single", "random", "medoid"], "single")).toBe("medoid");
  expect(of(["single", "medoid", "taco"], "random")).toBe("random");
});
