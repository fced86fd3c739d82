import type { EpisodeEnd, ManipulationEnvironment } from "./environment.ts";

/** What became of a chunk of actions that was only tried. */
export interface ChunkFuture {
  readonly status: EpisodeEnd;
  /** How far the task had come at the end, 0 to 1. */
  readonly progress: number;
  /** Actions that were carried out before the episode ended. */
  readonly actions: number;
}

/**
 * Tries a chunk and goes back: the privileged look ahead of an oracle, and where ghosts of candidates come from. The
 * environment is left as it was, so several candidates can be compared from one state. Legs that remember (a recurrent
 * policy) must not take part; `BalancePolicy` and a fixed base may.
 *
 * @param chunk [steps, actionSize] from `offset` on, row-major
 * @param watch called after each action with the environment in that future
 */
export async function foreseeChunk(
  environment: ManipulationEnvironment,
  chunk: Float32Array,
  offset: number,
  steps: number,
  watch?: (environment: ManipulationEnvironment) => void,
): Promise<ChunkFuture> {
  const before = environment.save();
  try {
    let step = 0;
    while (step < steps && environment.status === "running") {
      await environment.step(chunk, offset + step * environment.actionSize);
      step++;
      watch?.(environment);
    }
    return { status: environment.status, progress: environment.progress(), actions: step };
  } finally {
    environment.restore(before);
  }
}
