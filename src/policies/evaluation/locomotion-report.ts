import { mean, wilsonInterval } from "../../common/index.ts";
import type { FeetMetrics } from "./feet-metrics.ts";
import type { EpisodeMetrics } from "./locomotion-metrics.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";

/** One level's line of the table. Errors are means over episodes of means over the steps alive. */
export interface LevelReport {
  readonly episodes: number;
  /** Share of episodes without a fall, with Wilson's 95 % interval. */
  readonly survival: number;
  readonly survivalLow: number;
  readonly survivalHigh: number;
  /** m/s, rad/s, rad, 1, rad; each with the half-width of its 95 % interval. */
  readonly velError: number;
  readonly velErrorHalfWidth: number;
  readonly yawRateError: number;
  readonly yawRateErrorHalfWidth: number;
  readonly jointError: number;
  readonly gravityError: number;
  readonly actionRate: number;
  readonly peakVelocityShare: number;
  readonly peakTorqueShare: number;
  readonly overspeed: number;
  /** How far robots came that were asked to stand and did not fall, m; undefined where there are none. */
  readonly drift: Drift | undefined;
  /** Means over episodes; undefined where the model has no foot sensors. */
  readonly feet: FeetMetrics | undefined;
}

export interface Drift {
  readonly mean: number;
  readonly largest: number;
  /** What the arms did where it was largest; undefined where they rested. */
  readonly largestUnder: string | undefined;
  /** Share of all that were asked to stand that stayed up and within `HELD`. */
  readonly held: number;
}

/** How far a robot may be in the end that held its place, m. */
export const HELD = 0.1;

export interface EpisodeOutcome {
  readonly episode: EvalEpisode;
  readonly metrics: EpisodeMetrics;
}

/** Sums outcomes up by level, in the order in which the levels first occur. */
export function reportByLevel(outcomes: readonly EpisodeOutcome[]): Record<string, LevelReport> {
  const levels = [...new Set(outcomes.map(({ episode }) => episode.level))];
  return Object.fromEntries(
    levels.map((level) => [level, reportEpisodes(outcomes.filter(({ episode }) => episode.level === level))]),
  );
}

/** Sums outcomes up, whatever their levels. */
export function reportEpisodes(outcomes: readonly EpisodeOutcome[]): LevelReport {
  const survived = outcomes.filter(({ metrics }) => !metrics.fell).length;
  const { low, high } = wilsonInterval(survived, outcomes.length);
  const linear = outcomes
    .filter(({ episode }) => episode.counts !== "angular")
    .map(({ metrics }) => metrics.velError);
  const angular = outcomes
    .filter(({ episode }) => episode.counts !== "linear")
    .map(({ metrics }) => metrics.yawRateError);
  const all = (key: "jointError" | "gravityError" | "actionRate" | "overspeed") =>
    mean(outcomes.map(({ metrics }) => metrics[key]));
  return {
    episodes: outcomes.length,
    survival: survived / outcomes.length,
    survivalLow: low,
    survivalHigh: high,
    velError: mean(linear),
    velErrorHalfWidth: halfWidth(linear),
    yawRateError: mean(angular),
    yawRateErrorHalfWidth: halfWidth(angular),
    jointError: all("jointError"),
    gravityError: all("gravityError"),
    actionRate: all("actionRate"),
    peakVelocityShare: Math.max(...outcomes.map(({ metrics }) => metrics.peakVelocityShare)),
    peakTorqueShare: Math.max(...outcomes.map(({ metrics }) => metrics.peakTorqueShare)),
    overspeed: all("overspeed"),
    drift: driftOf(outcomes),
    feet: meanFeet(outcomes.flatMap(({ metrics }) => metrics.feet ?? [])),
  };
}

function driftOf(outcomes: readonly EpisodeOutcome[]): Drift | undefined {
  const asked = outcomes.filter(({ episode }) => episode.command.every((v) => v === 0));
  const standing = asked.filter(({ metrics }) => !metrics.fell);
  if (standing.length === 0) return undefined;
  const farthest = standing.reduce((a, b) => (b.metrics.travelled > a.metrics.travelled ? b : a));
  return {
    mean: mean(standing.map(({ metrics }) => metrics.travelled)),
    largest: farthest.metrics.travelled,
    largestUnder: farthest.episode.motion,
    held: standing.filter(({ metrics }) => metrics.travelled <= HELD).length / asked.length,
  };
}

function meanFeet(feet: readonly FeetMetrics[]): FeetMetrics | undefined {
  if (feet.length === 0) return undefined;
  return {
    slip: mean(feet.map(({ slip }) => slip)),
    singleSupport: mean(feet.map(({ singleSupport }) => singleSupport)),
  };
}

/** Half the width of the mean's 95 % interval, by the normal approximation. */
function halfWidth(sample: readonly number[]): number {
  const centre = mean(sample);
  const variance =
    sample.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, sample.length - 1);
  return 1.96 * Math.sqrt(variance / sample.length);
}
