import { Rng } from "../../common/index.ts";
import type { Side } from "./arm-solver.ts";
import type { EpisodeRequest, Layout } from "./episode.ts";
import type { Vec3, Workbench } from "./workbench.ts";

/** How an episode stands. `failed` is for good: the wrong button was pushed, a thing fell over. */
export type EpisodeStatus = "running" | "succeeded" | "failed";

/** Decides one episode. What it remembers is in `memory` alone, so that it can be copied with the state. */
export interface Judge {
  /** Numbers that carry over from one action to the next. */
  readonly memory: Float64Array;
  /** Looks at the bench after an action. */
  update(): EpisodeStatus;
  /** How far the task has come, 0 to 1: privileged, for the oracle that compares futures, and for analysis. */
  progress(): number;
}

/**
 * How an expert does its task. `nominal` is the common, clean way, `alternative` a different one that works as well,
 * `sloppy` is careless and often fails, `hesitant` is the nominal way with pauses and turning back, and `mistaken` is careless in
 * the same way every time, so that it fails by the same mistake.
 */
export const EXPERT_MODES = ["nominal", "alternative", "sloppy", "hesitant", "mistaken"] as const;
export type ExpertMode = (typeof EXPERT_MODES)[number];

/** Where one hand goes in a stage, and how. */
export interface HandGoal {
  /** Place of the fingertips, world, m; absent: it stays where it was sent before. */
  readonly to?: Vec3;
  /** Speed on the way, m/s; default 0.35. */
  readonly speed?: number;
  /** How far the gripper is closed from the beginning of the stage, 0 to 1; absent: as before. */
  readonly grip?: number;
}

/** A part of an expert's script: both hands move at once; it ends when both have arrived and the pause is over. */
export interface Stage {
  readonly left?: HandGoal;
  readonly right?: HandGoal;
  /** Angle of the waist, rad; absent: as before. */
  readonly waist?: number;
  /** Wait after arriving, s; default 0. */
  readonly pause?: number;
}

/** What an expert does, stage by stage; a stage is asked for when the one before is done, and may look at the bench. */
export type Script = Iterator<Stage>;

/** A job for the robot's arms at the bench, told to it in words. */
export interface ManipulationTask {
  readonly name: string;
  readonly description: string;
  /** The scene's MJCF below the scenes folder. */
  readonly scene: string;
  /** An episode that lasts longer has failed, s. */
  readonly episodeSeconds: number;
  /** Draws scene and instruction; no physics takes part. */
  layout(request: EpisodeRequest): Layout;
  /** Begins to judge the episode of a layout. */
  judge(bench: Workbench, layout: Layout): Judge;
  /** Seed of the one carelessness that the mistaken share: a draw that fails in most scenes, found on validation scenes. */
  readonly mistake: number;
  /** What an expert does in a mode; draws its carelessness and its whims from `rng`. */
  script(bench: Workbench, layout: Layout, mode: ExpertMode, rng: Rng): Script;
}

/** A stage in which one hand does something. */
export function withHand(side: Side, goal: HandGoal, rest: Omit<Stage, Side> = {}): Stage {
  return side === "left" ? { ...rest, left: goal } : { ...rest, right: goal };
}

/** What an expert does for a task in a mode. It draws from `rng`, but for a mistake that is always the same. */
export function scriptOf(
  task: ManipulationTask,
  bench: Workbench,
  layout: Layout,
  mode: ExpertMode,
  rng: Rng,
): Script {
  if (mode === "mistaken") return task.script(bench, layout, "sloppy", new Rng(task.mistake));
  return task.script(bench, layout, mode, rng);
}
