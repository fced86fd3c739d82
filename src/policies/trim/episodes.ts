import { Rng } from "../../common/index.ts";
import type { EpisodeMetrics } from "../evaluation/locomotion-metrics.ts";
import type { EvalEpisode } from "../evaluation/locomotion-protocol.ts";

export interface TrimEpisodeOptions {
  readonly count: number;
  readonly seconds: number;
  /** Clips that the arms are asked for, at any share of their size; empty keeps them still. */
  readonly motions: readonly string[];
  /** Greatest push per axis at half time, m/s. */
  readonly push: number;
  /** Only episodes that stand, left alone, or only those that walk; undefined: both. */
  readonly only?: "stand" | "walk" | undefined;
  readonly seed: number;
}

/** Commands of each kind, drawn anew for each episode: what legs are asked for apart and together. */
const KINDS: readonly ((rng: Rng) => readonly [number, number, number])[] = [
  (rng) => [rng.uniform(0.3, 1.3), 0, 0],
  (rng) => [0, 0, side(rng) * rng.uniform(0.15, 0.7)],
  (rng) => [rng.uniform(0.6, 1.3), side(rng) * rng.uniform(0.2, 0.6), 0],
  (rng) => [0, side(rng) * rng.uniform(0.15, 0.4), 0],
  (rng) => [rng.uniform(0.4, 0.9), 0, 0],
  (rng) => [0, 0, side(rng) * rng.uniform(0.15, 0.7)],
  (rng) => [rng.uniform(-0.6, -0.2), 0, 0],
  () => [0, 0, 0],
  () => [0, 0, 0],
  () => [0, 0, 0],
];

/** Kinds before this one walk. */
const STANDING = 7;
/** From this one on they are left alone: no push, arm motions at their full size, and long enough for a slow walk to show. */
const LEFT_ALONE = 8;
const LONGER = 3;

const side = (rng: Rng): number => (rng.uniform() < 0.5 ? -1 : 1);

/**
 * Episodes that a trim is judged by: commands of every kind in turn, moving arms, and a push at half time; two of ten stand for three
 * times as long without a push, under whole motions, and so do all where only standing is to be judged.
 */
export function trimEpisodes(options: TrimEpisodeOptions): EvalEpisode[] {
  const { count, seconds, motions, push, only, seed } = options;
  return Array.from({ length: count }, (_, i): EvalEpisode => {
    const rng = new Rng(seed).fork(i);
    const kind = only === "stand" ? LEFT_ALONE : i % (only === "walk" ? STANDING : KINDS.length);
    const isLeftAlone = kind >= LEFT_ALONE;
    const command = KINDS[kind](rng);
    const velocity = [rng.uniform(-push, push), rng.uniform(-push, push), 0] as const;
    return {
      level: "trim",
      counts: command[2] === 0 ? "linear" : "angular",
      command,
      amplitude: motions.length === 0 ? 0 : isLeftAlone ? 1 : rng.uniform(),
      motion: motions.length === 0 ? undefined : rng.pick(motions),
      scene: "flat",
      seconds: isLeftAlone ? LONGER * seconds : seconds,
      pushes: isLeftAlone ? [] : [{ time: seconds / 2, velocity }],
      seed: rng.uint32(),
    };
  });
}

/** What a second after a fall costs: more than any error of a robot that stands. */
const FALLEN = 1.5;
/** How much dearer it is to move where nothing is asked for: 2 cm/s are more than a metre a minute. */
const DRIFTING = 5;
/** What it costs to end elsewhere than where one was told to stand, for each m/s that it makes: 0.3 for a metre a minute, a fall at most. */
const WALKING_OFF = 20;
/** What the other error costs: a robot that is told to walk is not to turn, but the swing of each stride is in it too. */
const OTHER = 0.2;
/** What joints cost that are faster than their motors should turn (`overspeed`): ankles that come to 1.1 times their limit twice a stride, 0.2. */
const OVERSPEED = 30;

/** Cost of an episode, m/s or rad/s: the error that counts, a share of the other and joints that are too fast, over the whole time that was planned. */
export function trimCost({ command, counts, seconds }: EvalEpisode, metrics: EpisodeMetrics): number {
  const { velError, yawRateError } = metrics;
  const isStanding = command.every((value) => value === 0);
  const walkingOff = Math.min(FALLEN, (WALKING_OFF * metrics.travelled) / metrics.seconds);
  const moving = isStanding ? DRIFTING * velError + walkingOff : velError;
  const error = counts === "angular" ? yawRateError + OTHER * velError : moving + OTHER * yawRateError;
  const lived = metrics.seconds / seconds;
  return lived * (error + OVERSPEED * metrics.overspeed) + (1 - lived) * FALLEN;
}
