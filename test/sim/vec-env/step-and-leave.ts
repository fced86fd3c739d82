import { VecEnv } from "../../../src/sim/vec-env.ts";
import { breakableBatch, randomBatch } from "./sledge-batch.ts";

// A program that ends by running out of things to do: were a thread alive, it would never end.
{
  await using env = await VecEnv.create(randomBatch(), 2);
  await env.step();
}
{
  await using env = await VecEnv.create(breakableBatch(), 2);
  env.arrays.actions.fill(1e7);
  await env.step().catch(() => {});
}
process.stdout.write("left\n");
