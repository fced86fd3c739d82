import { MOTION_RATE_HZ } from "../motion.ts";
import type { MotionDifficulty } from "../motion-file.ts";
import type { MotionBody } from "./motion-body.ts";

/** Amplitudes at which motions must be clear of the robot's own body. */
const CHECKED_AMPLITUDES = [1, 0.5] as const;

/** Measures a clip, whose closest approach is known, on the robot it was drawn for. */
export function measureMotion(
  body: MotionBody,
  frames: readonly Float64Array[],
  closest: ClosestApproach,
): MotionDifficulty {
  return {
    seconds: round((frames.length - 1) / MOTION_RATE_HZ),
    rmsAcceleration: round(rmsAcceleration(frames)),
    peakSpeed: round(peakSpeed(frames)),
    comExcursion: round(comExcursion(body, frames)),
    clearance: round(closest.distance),
  };
}

/** Where a clip comes closest to itself. */
export interface ClosestApproach {
  /** Distance between the two parts, m; negative where they overlap. */
  readonly distance: number;
  readonly parts: readonly [string, string];
  /** s since the clip's start. */
  readonly time: number;
}

/** The smallest distance between parts of the robot over a clip, at every checked amplitude. */
export function closestApproach(body: MotionBody, frames: readonly Float64Array[]): ClosestApproach {
  let closest: ClosestApproach = { distance: Number.POSITIVE_INFINITY, parts: ["", ""], time: 0 };
  for (const [f, frame] of frames.entries())
    for (const amplitude of CHECKED_AMPLITUDES) {
      const scaled = frame.map((angle, i) => body.default[i] + amplitude * (angle - body.default[i]));
      const distance = body.clearance(scaled);
      if (distance < closest.distance) closest = { distance, parts: body.closest, time: f / MOTION_RATE_HZ };
    }
  return closest;
}

function rmsAcceleration(frames: readonly Float64Array[]): number {
  let sum = 0;
  for (let f = 1; f < frames.length - 1; f++)
    for (let i = 0; i < frames[f].length; i++) {
      const bend = frames[f + 1][i] - 2 * frames[f][i] + frames[f - 1][i];
      sum += bend * bend;
    }
  return MOTION_RATE_HZ * MOTION_RATE_HZ * Math.sqrt(sum / ((frames.length - 2) * frames[0].length));
}

function peakSpeed(frames: readonly Float64Array[]): number {
  let peak = 0;
  for (let f = 1; f < frames.length; f++)
    for (let i = 0; i < frames[f].length; i++)
      peak = Math.max(peak, Math.abs(frames[f][i] - frames[f - 1][i]) * MOTION_RATE_HZ);
  return peak;
}

function comExcursion(body: MotionBody, frames: readonly Float64Array[]): number {
  const [x0, y0] = centreOfMass(body, body.default);
  let farthest = 0;
  for (const frame of frames) {
    const [x, y] = centreOfMass(body, frame);
    farthest = Math.max(farthest, Math.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0)));
  }
  return farthest;
}

/** Horizontal centre of mass of the whole robot, its pelvis where it is, m. */
function centreOfMass(body: MotionBody, q: Float64Array): [number, number] {
  body.place(q);
  body.simulation.kinematics();
  const { body_mass } = body.model.views;
  const { xipos } = body.simulation.views;
  let mass = 0;
  let x = 0;
  let y = 0;
  for (let b = 1; b < body_mass.length; b++) {
    mass += body_mass[b];
    x += body_mass[b] * xipos[3 * b];
    y += body_mass[b] * xipos[3 * b + 1];
  }
  return [x / mass, y / mass];
}

function round(value: number): number {
  return Math.floor(value * 1e4 + 0.5) / 1e4;
}
