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
 * Many environments that step together, as learners see them. Ended episodes start anew by themselves.
 * Methods may answer at once or later; callers `await` them, one at a time.
 */
export interface VecEnvironment {
  readonly numEnvs: number;
  readonly observationSizes: { readonly actor: number; readonly critic: number };
  readonly actionSize: number;
  /** Starts every environment anew. */
  reset(): VecObservations | Promise<VecObservations>;
  /** Steps every environment with actions [numEnvs, actionSize], which the caller overwrites afterwards. */
  step(actions: Float32Array): VecStep | Promise<VecStep>;
}
