import { describe, expect, it } from "vitest";
import type { EpisodeMetrics } from "../../../src/policies/index.ts";
import { trimCost, trimEpisodes } from "../../../src/policies/trim/episodes.ts";
import { stillMetrics } from "../still-metrics.ts";

const options = { count: 20, seconds: 8, motions: ["wave", "clap"], push: 1, seed: 3 };

const metrics = (changes: Partial<EpisodeMetrics>): EpisodeMetrics => ({
  ...stillMetrics(),
  velError: 0.2,
  yawRateError: 0.1,
  ...changes,
});

describe("trim episodes", () => {
  it("ask for commands of every kind, one at a time or forward and sideways, and for none", () => {
    const episodes = trimEpisodes(options);
    const kinds = new Set(episodes.map(({ command }) => command.map((v) => (v === 0 ? "0" : "x")).join("")));
    expect([...kinds].sort()).toEqual(["000", "00x", "0x0", "x00", "xx0"]);
    expect(episodes.some(({ command }) => command[0] < 0)).toBe(true);
    for (const { command, counts } of episodes) expect(counts).toBe(command[2] === 0 ? "linear" : "angular");
  });

  it("are the same for the same seed, and others for another", () => {
    expect(trimEpisodes(options)).toEqual(trimEpisodes(options));
    expect(trimEpisodes({ ...options, seed: 4 })).not.toEqual(trimEpisodes(options));
  });

  it("push at half time and move the arms, where there are motions", () => {
    for (const { pushes, motion, amplitude } of trimEpisodes(options)) {
      for (const { time } of pushes) expect(time).toBe(4);
      expect(options.motions).toContain(motion);
      expect(amplitude).toBeGreaterThan(0);
    }
    for (const { motion, amplitude } of trimEpisodes({ ...options, motions: [] }))
      expect([motion, amplitude]).toEqual([undefined, 0]);
  });

  it("leave every fifth robot alone: it stands for longer under a whole motion, and is not pushed", () => {
    const leftAlone = trimEpisodes(options).filter(({ pushes }) => pushes.length === 0);
    expect(leftAlone).toHaveLength(4);
    for (const { command, amplitude, seconds } of leftAlone)
      expect([command, amplitude, seconds]).toEqual([[0, 0, 0], 1, 24]);
  });
});

describe("trim episodes that only stand", () => {
  it("are all left alone, each under a motion of its own", () => {
    const episodes = trimEpisodes({ ...options, only: "stand" });
    expect(episodes).toHaveLength(20);
    for (const { command, amplitude, seconds, pushes } of episodes)
      expect([command, amplitude, seconds, pushes]).toEqual([[0, 0, 0], 1, 24, []]);
    expect(new Set(episodes.map(({ motion }) => motion)).size).toBe(2);
    expect(new Set(episodes.map(({ seed }) => seed)).size).toBe(20);
  });
});

describe("trim episodes that only walk", () => {
  it("ask for a command each, and push", () => {
    for (const { command, seconds, pushes } of trimEpisodes({ ...options, only: "walk" })) {
      expect(command.some((value) => value !== 0)).toBe(true);
      expect([seconds, pushes.length]).toEqual([8, 1]);
    }
  });
});

describe("the cost of a trim", () => {
  const [walk, turn] = trimEpisodes(options);

  it("is the error that counts, and a fifth of the other", () => {
    expect(trimCost(walk, metrics({}))).toBeCloseTo(0.2 + 0.2 * 0.1, 12);
    expect(trimCost(turn, metrics({}))).toBeCloseTo(0.1 + 0.2 * 0.2, 12);
  });

  it("is five times as much for moving where nothing is asked for", () => {
    const stand = trimEpisodes(options)[7];
    expect(stand.command).toEqual([0, 0, 0]);
    expect(trimCost(stand, metrics({}))).toBeCloseTo(5 * 0.2 + 0.2 * 0.1, 12);
  });

  it("grows with how far a robot walks off that is told to stand, to what a fall costs", () => {
    const stand = trimEpisodes(options)[8];
    const cost = (travelled: number) =>
      trimCost(stand, metrics({ velError: 0, yawRateError: 0, seconds: 24, travelled }));
    expect(cost(0.24)).toBeCloseTo(20 * 0.01, 12);
    expect(cost(12)).toBe(1.5);
    expect(trimCost(walk, metrics({ travelled: 4 }))).toBe(trimCost(walk, metrics({})));
  });

  it("grows with how long joints are faster than their motors should turn", () => {
    expect(trimCost(walk, metrics({ overspeed: 0.01 }))).toBeCloseTo(0.22 + 30 * 0.01, 12);
  });

  it("is 1.5 for the time after a fall", () => {
    expect(trimCost(walk, metrics({ fell: true, seconds: 2 }))).toBeCloseTo(0.25 * 0.22 + 0.75 * 1.5, 12);
  });
});
