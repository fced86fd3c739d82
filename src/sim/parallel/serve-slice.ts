import type { Part } from "../../common/index.ts";
import { ControlBlock, OPERATION } from "./control-block.ts";
import { EnvSlice, type VecEnvSetup } from "./env-slice.ts";
import { PeekBlock } from "./peek-block.ts";
import { type LayoutSizes, layOut } from "./shared-layout.ts";

/** What a worker is given at its start. */
export interface SliceAssignment {
  readonly setup: VecEnvSetup;
  readonly sizes: LayoutSizes;
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
  /** Its share of each part. */
  readonly shares: readonly Part[];
  readonly workers: number;
  readonly peek?: SharedArrayBuffer;
}

/** A worker's whole life: builds its environments, says that it is ready, and takes turns until told to stop. */
export async function serveSlice(assignment: SliceAssignment, ready: () => void): Promise<void> {
  const { setup, sizes, memory, shares, workers } = assignment;
  const control = new ControlBlock(assignment.control);
  const { arrays } = layOut(sizes, memory);
  using slice = await EnvSlice.create(setup, shares);
  if (assignment.peek !== undefined) slice.peek = new PeekBlock(assignment.peek);
  slice.publish(arrays);
  ready();
  const curriculum = () => control.curriculum;
  for (let seen = 0; ; ) {
    const { turn, operation, part } = control.awaitTurn(seen);
    seen = turn;
    if (operation === OPERATION.stop) break;
    if (operation === OPERATION.reset) slice.reset(arrays, curriculum());
    else slice.step(arrays, curriculum, part);
    control.finish(turn, workers);
  }
}
