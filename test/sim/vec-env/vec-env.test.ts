import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { Environment } from "../../../src/sim/env.ts";
import { compilePlantModel } from "../../../src/sim/plant/plant.ts";
import type { PlantDump } from "../../../src/sim/plant/plant-snapshot.ts";
import { VecEnv, WorkerFailedError } from "../../../src/sim/vec-env.ts";
import { finished, startNode } from "../../support/run-cli.ts";
import { sledge, sledgeSources } from "../plant/sledge.ts";
import { act, breakableBatch, randomBatch, trace } from "./sledge-batch.ts";

describe("a batch of environments", () => {
  it.each([
    ["torque", [0, 1, 2, 3]],
    ["position", [0, 2]],
  ] as const)(
    "gives the same bits from any number of workers with every randomness on (%s: %j)",
    async (actuation, counts) => {
      const setup = randomBatch();
      const task = { ...setup.task, plant: { ...setup.task.plant, actuation } };
      const traces: string[] = [];
      for (const workers of counts) {
        await using env = await VecEnv.create({ ...setup, task }, workers);
        traces.push(await trace(env, 40));
      }
      expect(new Set(traces).size).toBe(1);
    },
  );

  it.each([0, 1, 2, 3])("gives the same bits when its parts step apart (%i workers)", async (workers) => {
    await using apart = await VecEnv.create(randomBatch(), workers);
    await using together = await VecEnv.create(randomBatch(), 0);
    expect(apart.parts.map(({ first, count }) => [first, count])).toEqual([
      [0, 2],
      [2, 3],
    ]);
    const rng = new Rng(7);
    for (let step = 0; step < 40; step++) {
      act(together, rng);
      apart.arrays.actions.set(together.arrays.actions);
      for (const part of apart.parts) apart.send(part);
      for (const part of apart.parts) await apart.receive(part);
      await together.step();
      expect(apart.arrays).toEqual(together.arrays);
    }
  });

  it("steps the part that is sent, and leaves the other as it is", async () => {
    await using env = await VecEnv.create(randomBatch(), 1);
    const [, second] = env.parts;
    const rows = env.arrays.observations.get("policy") ?? new Float32Array();
    const before = [...rows];
    env.send(second);
    await env.receive(second);
    const from = (second.first * rows.length) / env.numEnvs;
    expect([...rows].slice(0, from)).toEqual(before.slice(0, from));
    expect([...rows].slice(from)).not.toEqual(before.slice(from));
  });

  it("is decided by its seed, and every environment in it differs from the next", async () => {
    const first = async (seed: number) => {
      await using env = await VecEnv.create({ ...randomBatch(), seed }, 0);
      const rows = env.arrays.observations.get("critic") ?? new Float32Array();
      return Array.from({ length: 5 }, (_, i) => rows.slice(6 * i, 6 * i + 6).join());
    };
    expect(new Set([...(await first(1)), ...(await first(2))]).size).toBe(10);
  });

  it("may have more workers than environments", async () => {
    await using env = await VecEnv.create({ ...randomBatch(), numEnvs: 2 }, 3);
    await using alone = await VecEnv.create({ ...randomBatch(), numEnvs: 2 }, 0);
    expect(await trace(env, 5)).toBe(await trace(alone, 5));
  });

  it("is each environment on its own, ended ones started anew", async () => {
    const setup = randomBatch();
    const engine = await Engine.load();
    using model = compilePlantModel(engine, sledge, sledgeSources(), setup.task.plant);
    await using batch = await VecEnv.create(setup, 0);
    const { arrays } = batch;
    const row = 3;
    using alone = new Environment(engine.simulate(model), sledge, setup.task, new Rng(setup.seed).fork(row));
    const rowOf = (values: ReadonlyMap<string, Float32Array>, name: string) => {
      const size = alone.observations.get(name)?.length ?? 0;
      return [...(values.get(name) ?? []).slice(row * size, (row + 1) * size)];
    };
    const rng = new Rng(3);
    const sums = new Float64Array(alone.rewardNames.length);
    let episodes = 0;
    for (let step = 0; step < 35; step++) {
      act(batch, rng);
      alone.step(arrays.actions, row * batch.sizes.actionSize);
      await batch.step();
      for (let k = 0; k < sums.length; k++) sums[k] += alone.rewardTerms[k];
      expect(arrays.reward[row]).toBe(Math.fround(alone.reward));
      expect([arrays.terminated[row], arrays.timedOut[row]]).toEqual([
        Number(alone.terminated),
        Number(alone.timedOut),
      ]);
      if (alone.terminated || alone.timedOut) {
        episodes++;
        expect(arrays.episodeLength[row]).toBe(alone.plant.truth.step);
        expect([...arrays.episodeRewards.slice(row * sums.length, (row + 1) * sums.length)]).toEqual([
          ...Float32Array.from(sums),
        ]);
        for (const [name, values] of alone.observations)
          expect(rowOf(arrays.finalObservations, name)).toEqual([...values]);
        sums.fill(0);
        alone.reset();
      } else {
        expect(arrays.episodeLength[row]).toBe(0);
      }
      for (const [name, values] of alone.observations)
        expect(rowOf(arrays.observations, name)).toEqual([...values]);
    }
    expect(episodes).toBeGreaterThan(2);
  });

  it("has its first observations before the first step, and starts all anew when told to", async () => {
    await using env = await VecEnv.create(randomBatch(), 0);
    const policy = env.arrays.observations.get("policy") ?? new Float32Array();
    expect(policy.some((value) => value !== 0)).toBe(true);
    const before = [...policy];
    await env.reset();
    expect([...policy]).not.toEqual(before);
  });

  it("does not end all its first episodes at once where the task staggers them", async () => {
    const reset = { isStaggered: true };
    await using env = await VecEnv.create({ ...randomBatch({ reset }), numEnvs: 12 }, 0);
    await env.reset();
    const ended: number[] = [];
    for (let step = 0; step < 10; step++) {
      await env.step();
      ended.push(env.arrays.timedOut.reduce((sum, flag) => sum + flag, 0));
    }
    expect(ended.filter((count) => count > 0).length).toBeGreaterThan(4);
    for (let step = 0; step < 10; step++) {
      await env.step();
      for (const length of env.arrays.episodeLength) expect([0, 10]).toContain(length); // whole ones from now on
    }
  });

  it.each([0, 1])("reads a new curriculum at the next resets (%i workers)", async (workers) => {
    await using env = await VecEnv.create(randomBatch(), workers);
    const command = () => env.arrays.observations.get("critic")?.[3] ?? Number.NaN;
    const { curriculum } = env;
    const commands = { ...curriculum.commands, vx: [2, 3] as [number, number] };
    env.curriculum = { ...curriculum, commands };
    await env.step();
    expect(command()).toBeLessThan(1); // the episode goes on under the old one
    for (let step = 0; step < 10; step++) await env.step();
    expect(command()).toBeGreaterThanOrEqual(2);
    env.curriculum = curriculum;
    await env.reset();
    expect(command()).toBeLessThan(1);
  });

  it.each([
    [0, 1],
    [2.5, 1],
    [4, -1],
    [4, 0.5],
  ])("of %d environments on %d workers is refused", async (numEnvs, workers) => {
    await expect(VecEnv.create({ ...randomBatch(), numEnvs }, workers)).rejects.toThrow(/number of/);
  });

  it("refuses to step again before the last step has finished, and after its end", async () => {
    const env = await VecEnv.create(randomBatch(), 1);
    const first = env.step();
    await expect(env.step()).rejects.toThrow(/not finished/);
    expect(() => env.send(env.parts[0])).toThrow(/not finished/);
    await first;
    env.send(env.parts[0]);
    env.send(env.parts[1]);
    expect(() => env.send(env.parts[1])).toThrow(/not finished/);
    await expect(env.step()).rejects.toThrow(/not finished/);
    for (const part of env.parts) await env.receive(part);
    expect(() => env.send({ first: 0, count: 2 })).toThrow(/parts/);
    await env[Symbol.asyncDispose]();
    await expect(env.step()).rejects.toThrow(/disposed/);
  });
});

describe("a failing batch", () => {
  it.each([0, 2])("says which environment broke and carries the dump (%i workers)", async (workers) => {
    await using env = await VecEnv.create(breakableBatch(), workers);
    await env.step();
    env.arrays.actions[3 * 3 + 2] = 1e7; // the elbow of environment 3
    const error = await failure(env);
    expect(error).toBeInstanceOf(WorkerFailedError);
    expect(error.message).toMatch(/Environment 3 cannot go on: The simulation diverged/);
    const dump = error.dump as PlantDump;
    expect(dump.modelHash).toMatch(/^[0-9a-f]{16}$/);
    expect(dump.snapshot.physics.length).toBeGreaterThan(100);
    await expect(env.step()).rejects.toBe(error);
    await expect(env.reset()).rejects.toBe(error);
    await env[Symbol.asyncDispose]();
    await using next = await VecEnv.create(breakableBatch(), 0); // the process is as good as before
    await next.step();
    expect([...next.arrays.reward].every(Number.isFinite)).toBe(true);
  });

  it("says so where one part broke while the other stepped", async () => {
    await using env = await VecEnv.create(breakableBatch(), 2);
    env.arrays.actions[3 * 3 + 2] = 1e7;
    const [first, second] = env.parts;
    await expect(
      (async () => {
        for (let step = 0; step < 5; step++) {
          for (const part of [first, second]) env.send(part);
          for (const part of [first, second]) await env.receive(part);
        }
      })(),
    ).rejects.toThrow(/Environment 3 cannot go on: The simulation diverged/);
    expect(() => env.send(first)).toThrow(/Environment 3/);
  });

  it("names environment and joint where an action is no number", async () => {
    await using env = await VecEnv.create(breakableBatch(), 0);
    env.arrays.actions[3 * 1] = NaN;
    expect((await failure(env)).message).toMatch(/Environment 1 cannot go on: .*right_ankle_joint.*NaN/);
  });

  it("is refused as a whole where the workers cannot build it", async () => {
    const setup = randomBatch();
    const robot = { ...setup.robot, baseBody: "pelvic" };
    await expect(VecEnv.create({ ...setup, robot }, 1)).rejects.toThrow(/"pelvic"/);
  });
});

async function failure(env: VecEnv): Promise<WorkerFailedError> {
  try {
    for (let step = 0; step < 5; step++) await env.step();
  } catch (error) {
    return error as WorkerFailedError;
  }
  throw new Error("The batch did not fail.");
}

describe("the threads", () => {
  it("keep no process alive after the end, and a failed batch none either", async () => {
    const script = new URL("./step-and-leave.ts", import.meta.url).pathname;
    const run = await finished(startNode(["--import", "tsx", script]));
    expect(run).toMatchObject({ status: 0, stdout: "left\n" });
  });

  it("take no more memory after thousands of steps, and leave little to the garbage collector", async () => {
    const script = new URL("./measure-memory.ts", import.meta.url).pathname;
    const run = await finished(
      startNode(["--expose-gc", "--max-semi-space-size=64", "--import", "tsx", script]),
    );
    const { heap, resident, garbage } = JSON.parse(run.stdout);
    expect(heap).toBeLessThan(200_000);
    expect(resident).toBeLessThan(40_000_000);
    expect(garbage).toBeLessThan(4000);
  });
});
