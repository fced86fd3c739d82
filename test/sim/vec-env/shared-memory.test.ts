import { describe, expect, it } from "vitest";
import type { Curriculum } from "../../../src/sim/curriculum.ts";
import { ALL, ControlBlock, OPERATION } from "../../../src/sim/parallel/control-block.ts";
import { layOut, layoutSizes, type SharedArrays } from "../../../src/sim/parallel/shared-layout.ts";
import { sledgeTask } from "../env/sledge-task.ts";
import { sledge } from "../plant/sledge.ts";

const every = (arrays: SharedArrays) =>
  Object.values(arrays).flatMap((value) => (value instanceof Map ? [...value.values()] : [value])) as (
    | Float32Array
    | Int32Array
    | Uint8Array
  )[];

describe("the shared layout", () => {
  it("knows a task's sizes without building an environment", () => {
    expect(layoutSizes(sledge, sledgeTask(), 7)).toEqual({
      numEnvs: 7,
      actionSize: 3,
      observations: [
        { name: "policy", size: 3 + 3 + 4 + 2 },
        { name: "critic", size: 3 + 4 + 1 },
      ],
      rewardTerms: 3,
    });
  });

  it.each([1, 3, 5, 64, 513])("of %i environments has no two arrays that share a byte", (numEnvs) => {
    const { buffer, arrays } = layOut(layoutSizes(sledge, sledgeTask(), numEnvs));
    const spans = every(arrays)
      .map(({ byteOffset, byteLength }) => [byteOffset, byteOffset + byteLength])
      .sort(([a], [b]) => a - b);
    expect(spans.length).toBe(11);
    for (let i = 1; i < spans.length; i++) expect(spans[i][0]).toBeGreaterThanOrEqual(spans[i - 1][1]);
    expect(spans[10][1]).toBeLessThanOrEqual(buffer.byteLength);
    expect(arrays.observations.get("critic")?.length).toBe(8 * numEnvs);
  });

  it("puts every array in the same place for whoever is given the buffer", () => {
    const sizes = layoutSizes(sledge, sledgeTask(), 5);
    const { buffer, arrays } = layOut(sizes);
    const other = layOut(sizes, buffer).arrays;
    for (const [i, array] of every(arrays).entries()) array.fill(i + 1);
    for (const [i, array] of every(other).entries())
      expect(array.every((value) => value === i + 1)).toBe(true);
  });
});

describe("the control block", () => {
  it("carries a curriculum to another thread's block unchanged, with pushes and without", () => {
    const owner = new ControlBlock();
    const worker = new ControlBlock(owner.buffer);
    const curriculum: Curriculum = {
      commands: {
        vx: [-1, 2],
        vy: [-0.3, 0.4],
        yawRate: [-5, 6],
        resampleSeconds: 7,
        deadZone: 0.2,
        standShare: 0.1,
        singleShare: 0.3,
        fullShare: 0.2,
      },
      pushes: { everySeconds: 3, speed: 0.5, shape: "circle" },
      motionAmplitude: 0.25,
      motionDifficulty: 0.75,
      shaping: 0.5,
      harness: 0.25,
      variety: 0.5,
    };
    owner.curriculum = curriculum;
    expect(worker.curriculum).toEqual(curriculum);
    owner.curriculum = { ...curriculum, pushes: undefined };
    expect(worker.curriculum).toEqual({ ...curriculum, pushes: undefined });
  });

  it("wakes the owner once the last worker has finished, and not before", async () => {
    const owner = new ControlBlock();
    const workers = [new ControlBlock(owner.buffer), new ControlBlock(owner.buffer)];
    const turn = owner.begin("reset");
    expect(workers[0].awaitTurn(0)).toEqual({ turn, operation: OPERATION.reset, part: ALL });
    let isDone = false;
    const completion = owner.completion(turn).then(() => {
      isDone = true;
    });
    workers[0].finish(turn, 2);
    await Promise.resolve();
    expect(isDone).toBe(false);
    workers[1].finish(turn, 2);
    await completion;
    expect(owner.begin("stop")).toBe(turn + 1);
    expect(workers[1].awaitTurn(turn).operation).toBe(OPERATION.stop);
  });

  it("gives each worker all turns in their order, however many have begun meanwhile", async () => {
    const owner = new ControlBlock();
    const worker = new ControlBlock(owner.buffer);
    const turns = [owner.begin("step", 0), owner.begin("step", 1), owner.begin("stop")];
    expect(turns.map((turn) => worker.awaitTurn(turn - 1))).toEqual([
      { turn: 1, operation: OPERATION.step, part: 0 },
      { turn: 2, operation: OPERATION.step, part: 1 },
      { turn: 3, operation: OPERATION.stop, part: ALL },
    ]);
    worker.finish(1, 1);
    await owner.completion(1);
    let isDone = false;
    const completion = owner.completion(2).then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect(isDone).toBe(false);
    worker.finish(2, 1);
    await completion;
  });

  it("lets the owner go when a turn is abandoned, and those who waited for earlier ones", async () => {
    const owner = new ControlBlock();
    const early = owner.completion(owner.begin("step"));
    const late = owner.completion(owner.begin("stop"));
    owner.abandon();
    await Promise.all([early, late]);
  });
});
