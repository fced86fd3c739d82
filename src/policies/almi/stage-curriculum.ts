import type { Curriculum, TaskConfig } from "../../sim/index.ts";
import type { EndedEpisodes } from "./episode-watch.ts";

/** What every curriculum's state tells. */
export interface StageProgress {
  /** Share of the arm motions that is asked for, 0 to 1. */
  readonly amplitude: number;
  /** Running mean of the share of the episode length that episodes last. */
  readonly survived: number;
  /** Episodes that it was taken over; no more than the window. */
  readonly seen: number;
}

/** How the training of one half gets harder, as pure functions of a state that goes into checkpoints. */
export interface CurriculumRules<S extends StageProgress> {
  readonly start: S;
  /** Reads a state from a checkpoint; fields that are newer than it are as at the start. */
  parse(stored: unknown): S;
  /** The state after an iteration in which some episodes ended. */
  advance(state: S, ended: EndedEpisodes): S;
  /** What the environments are asked for at this stand. */
  demands(state: S, task: TaskConfig): Curriculum;
  /** The floor under the actions' standard deviation. */
  deviationFloor(state: S): number;
  /** Whether nothing gets harder any more but by chance, given the amplitude that counts as full. */
  isHardest(state: S, amplitude: number): boolean;
}

/** A curriculum and where it stands. */
export interface StageCurriculum {
  readonly state: StageProgress;
  restore(stored: unknown): void;
  advance(ended: EndedEpisodes): void;
  demands(task: TaskConfig): Curriculum;
  deviationFloor(): number;
  isHardest(amplitude: number): boolean;
}

/** Begins a curriculum. */
export function beginCurriculum<S extends StageProgress>(rules: CurriculumRules<S>): StageCurriculum {
  let state = rules.start;
  return {
    get state() {
      return state;
    },
    restore: (stored) => {
      state = rules.parse(stored);
    },
    advance: (ended) => {
      state = rules.advance(state, ended);
    },
    demands: (task) => rules.demands(state, task),
    deviationFloor: () => rules.deviationFloor(state),
    isHardest: (amplitude) => rules.isHardest(state, amplitude),
  };
}

/** The running mean of survival after some episodes, over a window of so many, or all where there were fewer. */
export function meanSurvival(
  { survived, seen }: StageProgress,
  { episodes, meanShare }: EndedEpisodes,
  window: number,
): Pick<StageProgress, "survived" | "seen"> {
  const within = Math.min(window, seen + episodes);
  return { survived: survived + Math.min(1, episodes / within) * (meanShare - survived), seen: within };
}
