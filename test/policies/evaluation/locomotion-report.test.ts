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
      outcome({ travelled: 0.0625 }),
      outcome({ travelled: 0.9375 }, { ...standing, motion: "hula" }),
      outcome({ travelled: 2, fell: true }),
      outcome({ travelled: 9 }, walking),
    ]);
    expect(drift).toMatchObject({ mean: 0.5, largest: 0.9375, largestUnder: "hula" });
  });

  it("is within bounds for the share that stayed up and near, of all that were asked to stand", () => {
    const { drift } = reportEpisodes([
      outcome({ travelled: 0.09 }),
      outcome({ travelled: 0.1 }),
      outcome({ travelled: 0.11 }),
      outcome({ travelled: 0.01, fell: true }),
      outcome({ travelled: 0.01 }, walking),
    ]);
    expect(drift?.held).toBe(0.5);
  });

  it("is not told where none was asked to stand, or all fell", () => {
    expect(reportEpisodes([outcome({ travelled: 9 }, walking)]).drift).toBeUndefined();
    expect(reportEpisodes([outcome({ travelled: 9, fell: true })]).drift).toBeUndefined();
  });
});
