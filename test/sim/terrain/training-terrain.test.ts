import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { almiLowerTask } from "../../../src/policies/index.ts";
import { EnvSlice, type VecEnvSetup } from "../../../src/sim/parallel/env-slice.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { drawFirstRows, TrainingTerrain } from "../../../src/sim/terrain/training-terrain.ts";
import { VecEnv } from "../../../src/sim/vec-env.ts";
import { h12Models } from "../../support/h1-2-plant.ts";

const terrain = TrainingTerrain.parse({ columns: 1, startLevels: 3 });
const setup: VecEnvSetup = {
  robot: h12,
  models: h12Models,
  task: almiLowerTask(h12),
  numEnvs: 4,
  seed: 2,
  terrain,
};
/** Centre of the tiles of a row, m: ten rows of 8 m around the origin. */
const rowCentre = (row: number) => 8 * (row - 4.5);

describe("training on rough ground", () => {
  it("starts the first episodes on the lowest levels", async () => {
    await using env = await VecEnv.create(setup, 0);
    const rows = [...env.arrays.terrainRow];
    expect(rows.every((row) => row >= 0 && row < 3)).toBe(true);
    const many = new Int32Array(300);
    drawFirstRows(terrain, new Rng(1), many);
    expect(new Set(many)).toEqual(new Set([0, 1, 2]));
  });

  it("puts each robot onto ground of its row, its feet above the ground", async () => {
    await using env = await VecEnv.create(setup, 0);
    // In the default pose all that lifts the feet is the ground that was looked up.
    const reset = { ...setup.task.reset, jointFactor: [1, 1] as [number, number], drop: 0.001 };
    using slice = await EnvSlice.create({ ...setup, task: { ...setup.task, reset } }, [
      { first: 0, count: 4 },
    ]);
    env.arrays.terrainRow.set([9, 0, 5, 9]);
    slice.reset(env.arrays, env.curriculum);
    for (const [i, { plant, mdp }] of slice.envs.entries()) {
      const [x, , z] = plant.truth.basePos;
      expect(Math.abs(x - rowCentre(env.arrays.terrainRow[i]))).toBeLessThanOrEqual(1);
      expect(z).toBeGreaterThanOrEqual(mdp.groundHeight + h12.standingHeight);
      expect(mdp.feet.force).toEqual(new Float64Array(6));
    }
  });

  it("moves an environment up after it walked far, down after it hardly moved, and tells the owner", async () => {
    await using env = await VecEnv.create({ ...setup, numEnvs: 2 }, 0);
    using slice = await EnvSlice.create({ ...setup, numEnvs: 2 }, [{ first: 0, count: 2 }]);
    const { arrays } = env;
    arrays.terrainRow.set([4, 4]);
    slice.reset(arrays, env.curriculum);
    const [far, lazy] = slice.envs;
    for (const { plant } of slice.envs) plant.ask([0.5, 0, 0]);
    // Too far to the side to stand: both fall in the next step, one after a long way.
    for (const [{ plant }, distance] of [[far, 5] as const, [lazy, 0] as const]) {
      const { qpos } = plant.simulation.views;
      qpos[plant.index.baseQpos] = rowCentre(4) + distance;
      qpos.set([Math.SQRT1_2, Math.SQRT1_2, 0, 0], plant.index.baseQpos + 3);
    }
    slice.step(arrays, () => env.curriculum);
    expect([...arrays.terminated]).toEqual([1, 1]);
    expect([...arrays.terrainRow]).toEqual([5, 3]);
    expect(Math.abs(far.plant.truth.basePos[0] - rowCentre(5))).toBeLessThanOrEqual(1);
    expect(Math.abs(lazy.plant.truth.basePos[0] - rowCentre(3))).toBeLessThanOrEqual(1);
  });

  it("does the same however many workers there are", async () => {
    const run = async (workers: number) => {
      await using env = await VecEnv.create({ ...setup, numEnvs: 3 }, workers);
      await env.reset();
      const rng = new Rng(5);
      for (let step = 0; step < 60; step++) {
        for (let i = 0; i < env.arrays.actions.length; i++) env.arrays.actions[i] = rng.uniform(-3, 3);
        await env.step();
      }
      return [...env.arrays.terrainRow, ...(env.arrays.observations.get("critic") ?? [])];
    };
    expect(await run(2)).toEqual(await run(0));
  });
});
