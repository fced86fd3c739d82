import { Rng } from "../../../src/common/index.ts";
import { VecEnv } from "../../../src/sim/vec-env.ts";
import { act, randomBatch } from "./sledge-batch.ts";

// Prints by how many bytes this thread's heap and the whole process grow over 3,000 steps, after 1,000 to settle.
const env = await VecEnv.create(randomBatch(), 2);
const rng = new Rng(1);
const settle = async (steps: number) => {
  for (let step = 0; step < steps; step++) {
    act(env, rng);
    await env.step();
  }
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
};
const before = await settle(1000);
const after = await settle(3000);
process.stdout.write(
  JSON.stringify({ growth: after.heapUsed - before.heapUsed, residentGrowth: after.rss - before.rss }),
);
await env[Symbol.asyncDispose]();
