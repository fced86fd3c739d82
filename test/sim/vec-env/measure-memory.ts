import { Rng } from "../../../src/common/index.ts";
import { VecEnv } from "../../../src/sim/vec-env.ts";
import { act, randomBatch } from "./sledge-batch.ts";

// Prints by how many bytes this thread's heap and the whole process grow over 3,000 steps of two workers, after 1,000
// to settle; and how many bytes one environment leaves to the garbage collector in a step. Needs --expose-gc and a
// young generation that holds 200 steps.
async function stepMany(env: VecEnv, steps: number, rng: Rng): Promise<void> {
  for (let step = 0; step < steps; step++) {
    act(env, rng);
    await env.step();
  }
}

async function growth(): Promise<{ heap: number; resident: number }> {
  await using env = await VecEnv.create(randomBatch(), 2);
  const rng = new Rng(1);
  const settle = async (steps: number) => {
    await stepMany(env, steps, rng);
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage();
  };
  const before = await settle(1000);
  const after = await settle(3000);
  return { heap: after.heapUsed - before.heapUsed, resident: after.rss - before.rss };
}

async function garbagePerStep(): Promise<number> {
  await using env = await VecEnv.create(
    randomBatch({ episodeSeconds: 1000, fall: { minHeight: -10, roll: 9, pitch: 9 } }),
    0,
  );
  const rng = new Rng(1);
  await stepMany(env, 500, rng);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await stepMany(env, 200, rng);
  return (process.memoryUsage().heapUsed - before) / (200 * env.numEnvs);
}

process.stdout.write(JSON.stringify({ ...(await growth()), garbage: await garbagePerStep() }));
