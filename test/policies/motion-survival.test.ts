import { describe, expect, it } from "vitest";
import { type EpisodeOutcome, motionEpisodes, rankBySurvival } from "../../src/policies/index.ts";

const options = { motions: ["wave", "throw"], repeats: 3, amplitude: 1, seconds: 20, push: 1, seed: 4 };

function outcomes(seconds: Readonly<Record<string, readonly number[]>>): EpisodeOutcome[] {
  const [any] = motionEpisodes(options);
  return Object.entries(seconds).flatMap(([motion, lengths]) =>
    lengths.map((length) => ({
      episode: { ...any, level: motion },
      metrics: { seconds: length } as EpisodeOutcome["metrics"],
    })),
  );
}

describe("ranking motions by survival", () => {
  it("asks each motion the same questions", () => {
    const episodes = motionEpisodes(options);
    const asked = (motion: string) =>
      episodes
        .filter((episode) => episode.motion === motion)
        .map(({ command, pushes, seed }) => ({ command, pushes, seed }));
    expect(asked("wave").length).toBe(3);
    expect(asked("wave")).toEqual(asked("throw"));
    expect(new Set(asked("wave").map(({ command }) => command.join())).size).toBe(3);
    for (const { command, pushes } of asked("wave")) {
      expect(Math.abs(command[0])).toBeLessThanOrEqual(0.7);
      expect(pushes[0].time).toBe(10);
    }
    expect(motionEpisodes({ ...options, push: 0 })[0].pushes).toEqual([]);
  });

  it("puts the motions that robots survive longest first, and equals by hardness", () => {
    const hardness = (motion: string) => ({ calm: 0.1, wild: 0.9, odd: 0.2, mid: 0.5 })[motion] ?? 0;
    const all = outcomes({ wild: [20, 20], odd: [1, 2], calm: [20, 20], mid: [20, 10] });
    expect(rankBySurvival(all, hardness, 0.02)).toEqual([
      { name: "calm", meanEpisodeLength: 1000, episodes: 2 },
      { name: "wild", meanEpisodeLength: 1000, episodes: 2 },
      { name: "mid", meanEpisodeLength: 750, episodes: 2 },
      { name: "odd", meanEpisodeLength: 75, episodes: 2 },
    ]);
  });
});
