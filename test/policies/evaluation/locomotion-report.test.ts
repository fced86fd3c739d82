import { describe, expect, it } from "vitest";
import type { EpisodeMetrics } from "../../../src/policies/index.ts";
import { locomotionEpisodes, reportEpisodes } from "../../../src/policies/index.ts";
import { stillMetrics } from "../still-metrics.ts";

const [standing] = locomotionEpisodes({
  levels: ["stand"],
  amplitudes: [0],
  motions: [],
  repeats: 1,
  seconds: 60,
  seed: 0,
  terrain: false,
  isRandomized: false,
});
const walking = { ...standing, command: [0.5, 0, 0] as const };
const outcome = (metrics: Partial<EpisodeMetrics>, episode = standing) => ({
  episode,
  metrics: { ...stillMetrics(), ...metrics },
});

describe("how far robots drift", () => {
  it("is the mean and the greatest distance of those that were asked to stand and did not fall", () => {
    const { drift } = reportEpisodes([
      outcome({ travelled: 0.25 }),
      outcome({ travelled: 0.75 }),
      outcome({ travelled: 2, fell: true }),
      outcome({ travelled: 9 }, walking),
    ]);
    expect(drift).toEqual({ mean: 0.5, largest: 0.75 });
  });

  it("is not told where none was asked to stand, or all fell", () => {
    expect(reportEpisodes([outcome({ travelled: 9 }, walking)]).drift).toBeUndefined();
    expect(reportEpisodes([outcome({ travelled: 9, fell: true })]).drift).toBeUndefined();
  });
});
