import { COMMANDED_JOINTS } from "./embodiment.ts";
import type { EpisodeEnd, ManipulationEnvironment, Observation } from "./environment.ts";
import type { EpisodeRequest } from "./episode.ts";

/** What decides in an episode: a model with whatever selects among its candidates. */
export interface ChunkPlanner {
  /** Forgets the episode before; noise must depend on the request alone, so that planners can be compared in pairs. */
  reset(request: EpisodeRequest): void;
  /**
   * Returns a chunk of actions, [any number of steps, actionSize], row-major. Honest planners look at the observation
   * only; an oracle may try things in the environment if it leaves it as it was.
   */
  plan(observation: Observation, environment: ManipulationEnvironment): Promise<Float32Array>;
}

export interface RunEpisodeOptions {
  /** Actions of a chunk that are carried out before the next is asked for. */
  readonly executeHorizon: number;
}

/** How an episode went. */
export interface EpisodeRecord {
  readonly request: EpisodeRequest;
  readonly instruction: string;
  readonly outcome: Exclude<EpisodeEnd, "running">;
  /** Simulated time, s. */
  readonly seconds: number;
  readonly decisions: number;
  /** How far the task had come, 0 to 1. */
  readonly progress: number;
  /** Mean distance between the last joint targets of a chunk and the first of the next, rad; 0 with a single chunk. */
  readonly boundaryJump: number;
}

/** Runs one episode to its end. Throws `RangeError` for a chunk that is shorter than the execute horizon. */
export async function runManipulationEpisode(
  environment: ManipulationEnvironment,
  request: EpisodeRequest,
  planner: ChunkPlanner,
  { executeHorizon }: RunEpisodeOptions,
): Promise<EpisodeRecord> {
  await environment.reset(request);
  planner.reset(request);
  const size = environment.actionSize;
  let outcome: EpisodeEnd = environment.status;
  let decisions = 0;
  let jumps = 0;
  let last: Float32Array | undefined;
  while (outcome === "running") {
    const chunk = await planner.plan(environment.observe(), environment);
    if (chunk.length < executeHorizon * size)
      throw new RangeError(`A chunk of ${chunk.length / size} actions is shorter than ${executeHorizon}.`);
    if (last !== undefined) jumps += jointGap(last, chunk);
    for (let step = 0; step < executeHorizon && outcome === "running"; step++)
      outcome = await environment.step(chunk, step * size);
    last = chunk.slice((executeHorizon - 1) * size, executeHorizon * size);
    decisions++;
  }
  return {
    request,
    instruction: environment.layout.instruction,
    outcome,
    seconds: environment.seconds,
    decisions,
    progress: environment.progress(),
    boundaryJump: decisions > 1 ? jumps / (decisions - 1) : 0,
  };
}

function jointGap(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < COMMANDED_JOINTS.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
