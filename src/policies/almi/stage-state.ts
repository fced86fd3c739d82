import { z } from "zod";
import type { RngState } from "../../common/index.ts";
import type { TensorFile } from "../../learn/index.ts";
import { Lack, READY } from "./preparation.ts";

/** What a checkpoint of a stage holds besides the learner's own state. */
export interface StageState {
  readonly iteration: number;
  /** Mean return of the last iterations; NaN where no episode ended. */
  readonly returns: readonly number[];
  /** Undefined where there is no opponent. */
  readonly opponentNoise: RngState | undefined;
  readonly lack: Lack;
  /** Level of the ground that each environment is on; undefined in checkpoints that are older than it. */
  readonly terrainRow: Int32Array | undefined;
  /** As `StageCurriculum.state` gave it. */
  readonly curriculum: unknown;
}

const Stored = Lack.extend({
  iteration: z.int().nonnegative(),
  returns: z.array(z.number().nullable()),
  opponentNoise: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
});

/** The learner's checkpoint and the stage's state in one file. */
export function withStageState({ tensors, metadata }: TensorFile, state: StageState): TensorFile {
  const { iteration, returns, opponentNoise, lack, terrainRow, curriculum } = state;
  const stage: z.infer<typeof Stored> = {
    iteration,
    returns: returns.map((value) => (Number.isFinite(value) ? value : null)),
    ...(opponentNoise === undefined ? {} : { opponentNoise: [...opponentNoise] }),
    ...lack,
  };
  const rows = terrainRow && {
    terrainRow: { type: "int32" as const, dims: [terrainRow.length], data: Int32Array.from(terrainRow) },
  };
  return {
    tensors: { ...tensors, ...rows },
    metadata: { ...metadata, curriculum: JSON.stringify(curriculum), stage: JSON.stringify(stage) },
  };
}

/** The stage's state in a checkpoint; that of a beginning where it is older than it. */
export function stageStateOf({ tensors, metadata }: TensorFile): StageState {
  const stage = metadata.stage === undefined ? undefined : Stored.parse(JSON.parse(metadata.stage));
  const rows = tensors.terrainRow?.data;
  return {
    iteration: stage?.iteration ?? 0,
    returns: stage?.returns.map((value) => value ?? Number.NaN) ?? [],
    opponentNoise: stage?.opponentNoise,
    lack: stage === undefined ? READY : Lack.parse(stage),
    terrainRow: rows instanceof Int32Array ? rows : undefined,
    curriculum: metadata.curriculum === undefined ? undefined : JSON.parse(metadata.curriculum),
  };
}
