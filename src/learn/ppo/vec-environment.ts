import type { Part } from "../../common/index.ts";

/** What actor and critic see of all environments, row by row; the environment keeps and overwrites the arrays. */
export interface VecObservations {
  /** [numEnvs, observationSizes.actor] */
  readonly obs: Float32Array;
  /** [numEnvs, observationSizes.critic]: what the critic may know and the robot cannot. */
  readonly criticObs: Float32Array;
}

/** What one step of all environments gave. Where an episode ended, the observations are the first of the next one. */
export interface VecStep extends VecObservations {
  /** [numEnvs] */
  readonly reward: Float32Array;
  /** [numEnvs], 1 where the episode ended for good: a fall. */
  readonly terminated: Uint8Array;
  /** [numEnvs], 1 where the episode was merely cut off, so that its future still has a value. */
  readonly timedOut: Uint8Array;
  /** [numEnvs, observationSizes.critic]: what the critic saw last in episodes that were cut off; other rows are stale. */
  readonly terminalCriticObs: Float32Array;
}

/**
 * Many environments, as learners see them. They come in parts that step apart from each other, so that one may be acted for while
 * another steps. Ended episodes start anew by themselves. Methods may answer at once or later; callers `await` them, one at a time.
 */
export interface VecEnvironment {
  readonly numEnvs: number;
  readonly observationSizes: { readonly actor: number; readonly critic: number };
  readonly actionSize: number;
  /** All environments, in order. */
  readonly parts: readonly Part[];
  /** Starts every environment anew. */
  reset(): VecObservations | Promise<VecObservations>;
  /**
   * Begins to step a part's environments; `receive` comes next for this part.
   *
   * @param actions [numEnvs, actionSize], of which the part's rows are read now
   */
  send(part: Part, actions: Float32Array): void | Promise<void>;
  /** What the step gave: arrays of all environments, of which the part's rows may be read until its next `send`. */
  receive(part: Part): VecStep | Promise<VecStep>;
}
