import { Rng } from "../../common/index.ts";
import { MOST_SIDE } from "../../sim/index.ts";
import type { ScheduledPush } from "../rollout.ts";

/** One episode of an evaluation, as data: everything that decides it. */
export interface EvalEpisode {
  readonly level: string;
  /** Which errors it counts for: ALMI tests linear and angular commands apart. */
  readonly counts: "both" | "linear" | "angular";
  readonly command: readonly [number, number, number];
  /** Share of the motion clip that the arms are asked for, 0 to 1. */
  readonly amplitude: number;
  /** Clip name; undefined keeps the arms in the default pose. */
  readonly motion: string | undefined;
  readonly scene: string;
  readonly seconds: number;
  readonly pushes: readonly ScheduledPush[];
  readonly seed: number;
}

/** What a level asks: ALMI's easy, medium and hard (paper, table 3), our grid of everyday commands, and single ones. */
interface Level {
  readonly commands: readonly {
    readonly counts: EvalEpisode["counts"];
    readonly command: readonly [number, number, number];
  }[];
  readonly terrainLevel: number;
  /** Greatest push speed per axis, m/s, at half time; 0 for none. */
  readonly push: number;
}

const apart = (vx: number, vy: number, yawRate: number): Level["commands"] => [
  { counts: "linear", command: [vx, vy, 0] },
  { counts: "angular", command: [0, 0, yawRate] },
];

const grid: Level["commands"] = [-0.4, 0, 0.5].flatMap((vx) =>
  [-0.3, 0, 0.3].flatMap((vy) =>
    [-0.4, 0, 0.4].map((yawRate) => ({ counts: "both" as const, command: [vx, vy, yawRate] as const })),
  ),
);

export const LEVELS: Readonly<Record<string, Level>> = {
  stand: { commands: [{ counts: "both", command: [0, 0, 0] }], terrainLevel: 0, push: 0 },
  walk: { commands: [{ counts: "both", command: [0.5, 0, 0] }], terrainLevel: 0, push: 0 },
  grid: { commands: grid, terrainLevel: 0, push: 0.5 },
  easy: { commands: apart(0.7, 0, 0.2), terrainLevel: 0, push: 0 },
  medium: { commands: apart(1, 0.3, 0.4), terrainLevel: 3, push: 1 },
  hard: { commands: apart(1.3, 0.6, 0.6), terrainLevel: 6, push: 1 },
};

export interface ProtocolOptions {
  readonly levels: readonly string[];
  readonly amplitudes: readonly number[];
  /** Clips to draw from; empty keeps the arms still. */
  readonly motions: readonly string[];
  /** Episodes of each command and amplitude, only one where all would be the same; or each motion once instead of drawn ones. */
  readonly repeats: number | "each";
  /** Whether the plant makes two episodes differ by itself, see `isRandomized`. */
  readonly isRandomized: boolean;
  readonly seconds: number;
  readonly seed: number;
  /** False keeps every level on flat ground. */
  readonly terrain: boolean;
}

/** Every episode of a protocol. Draws are by episode, so that adding a level changes none of the others. */
export function locomotionEpisodes(options: ProtocolOptions): EvalEpisode[] {
  return options.levels.flatMap((name) => {
    const level = LEVELS[name];
    return level.commands.flatMap((asked, c) =>
      options.amplitudes.flatMap((amplitude) =>
        Array.from({ length: repeatsOf(level, amplitude, options) }, (_, repeat) =>
          episode(name, level, asked, amplitude, options, `${name}/${c}/${amplitude}/${repeat}`, repeat),
        ),
      ),
    );
  });
}

/** The same episode twice tells nothing new, and would make intervals narrower than they are. */
function repeatsOf(level: Level, amplitude: number, options: ProtocolOptions): number {
  const hasMotion = amplitude !== 0 && options.motions.length > 0;
  if (options.repeats === "each") return hasMotion ? options.motions.length : 1;
  const isRough = options.terrain && level.terrainLevel > 0;
  return options.isRandomized || hasMotion || isRough || level.push !== 0 ? options.repeats : 1;
}

function episode(
  name: string,
  level: Level,
  asked: Level["commands"][number],
  amplitude: number,
  options: ProtocolOptions,
  label: string,
  repeat: number,
): EvalEpisode {
  const rng = new Rng(options.seed).fork(label);
  const push = [rng.uniform(-level.push, level.push), rng.uniform(-level.push, level.push), 0] as const;
  const { motions, repeats } = options;
  const motion = motions.length === 0 ? undefined : repeats === "each" ? motions[repeat] : rng.pick(motions);
  return {
    level: name,
    ...asked,
    amplitude,
    motion: amplitude === 0 ? undefined : motion,
    scene: options.terrain && level.terrainLevel > 0 ? roughScene(level, options.seconds) : "flat",
    seconds: options.seconds,
    pushes: level.push === 0 ? [] : [{ time: options.seconds / 2, velocity: push }],
    seed: rng.uint32(),
  };
}

/** Farther than commands lead from the middle, m: a robot sways, overshoots and is pushed. */
const ROOM = 2;

/** Rough ground that the fastest command of a level does not lead off, as far as there is ground so wide. */
function roughScene({ commands, terrainLevel }: Level, seconds: number): string {
  const speeds = commands.map(({ command: [vx, vy] }) => Math.sqrt(vx * vx + vy * vy));
  const side = Math.ceil(2 * (ROOM + seconds * Math.max(...speeds)));
  return `rough:${terrainLevel}:${Math.min(side, MOST_SIDE)}`;
}
