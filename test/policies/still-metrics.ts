import type { EpisodeMetrics } from "../../src/policies/index.ts";

/** What is measured of a robot that stands as it was told to. */
export const stillMetrics = (): EpisodeMetrics => ({
  seconds: 8,
  fell: false,
  velError: 0,
  yawRateError: 0,
  jointError: 0,
  gravityError: 0,
  actionRate: 0,
  meanVel: [0, 0, 0],
  peakVelocityShare: 0,
  peakTorqueShare: 0,
  overspeed: 0,
  travelled: 0,
  feet: undefined,
});
