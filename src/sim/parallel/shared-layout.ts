import type { RobotSpec } from "../robots/robot.ts";
import { bindObservation } from "../tasks/bind-observation.ts";
import type { TaskConfig } from "../tasks/task-config.ts";

/** Sizes that decide the layout of the memory that a vectorised environment and its workers share. */
export interface LayoutSizes {
  readonly numEnvs: number;
  readonly actionSize: number;
  readonly observations: readonly { readonly name: string; readonly size: number }[];
  readonly rewardTerms: number;
}

/** Arrays over all environments, row by row, in shared memory. Workers write their own rows. */
export interface SharedArrays {
  /** Written by the learner before a step [numEnvs, actionSize]. */
  readonly actions: Float32Array;
  /** Observations by group [numEnvs, size]: of the new episode where one has just ended. */
  readonly observations: ReadonlyMap<string, Float32Array>;
  /** The last observations of an episode that has just ended [numEnvs, size]; stale elsewhere. */
  readonly finalObservations: ReadonlyMap<string, Float32Array>;
  readonly reward: Float32Array;
  readonly terminated: Uint8Array;
  readonly timedOut: Uint8Array;
  /** Control steps of the episode that has just ended; 0 elsewhere. */
  readonly episodeLength: Int32Array;
  /** Sum of each reward term over the episode that has just ended [numEnvs, rewardTerms]; stale elsewhere. */
  readonly episodeRewards: Float32Array;
  /** Row of terrain tiles in which the next episode starts; read at resets, and moved there by the curriculum. */
  readonly terrainRow: Int32Array;
}

/** The sizes of so many environments of a task, known without building one. */
export function layoutSizes(robot: RobotSpec, task: TaskConfig, numEnvs: number): LayoutSizes {
  return {
    numEnvs,
    actionSize: task.actions.reduce((sum, { joints }) => sum + joints.length, 0),
    observations: task.observations.map((group) => ({
      name: group.name,
      size: bindObservation(robot, task, group).size,
    })),
    rewardTerms: Object.keys(task.rewards).length,
  };
}

/** Lays the arrays out in one buffer; a worker given the same buffer and sizes finds them at the same places. */
export function layOut(
  sizes: LayoutSizes,
  buffer?: ArrayBufferLike,
): { buffer: ArrayBufferLike; arrays: SharedArrays } {
  const memory = buffer ?? new SharedArrayBuffer(byteLength(sizes));
  let at = 0;
  const take = <A>(
    create: new (buffer: ArrayBufferLike, offset: number, length: number) => A,
    bytes: number,
    length: number,
  ): A => {
    const array = new create(memory, at, length);
    at += Math.ceil((bytes * length) / 8) * 8;
    return array;
  };
  const n = sizes.numEnvs;
  const groups = () =>
    new Map(sizes.observations.map(({ name, size }) => [name, take(Float32Array, 4, n * size)] as const));
  const arrays: SharedArrays = {
    actions: take(Float32Array, 4, n * sizes.actionSize),
    observations: groups(),
    finalObservations: groups(),
    reward: take(Float32Array, 4, n),
    terminated: take(Uint8Array, 1, n),
    timedOut: take(Uint8Array, 1, n),
    episodeLength: take(Int32Array, 4, n),
    episodeRewards: take(Float32Array, 4, n * sizes.rewardTerms),
    terrainRow: take(Int32Array, 4, n),
  };
  return { buffer: memory, arrays };
}

function byteLength({ numEnvs, actionSize, observations, rewardTerms }: LayoutSizes): number {
  const observed = observations.reduce((sum, { size }) => sum + 2 * (4 * numEnvs * size + 8), 0);
  return 4 * numEnvs * (actionSize + rewardTerms + 3) + 2 * numEnvs + observed + 64;
}
