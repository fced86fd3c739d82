import { z } from "zod";
import { portableMath, type Rng } from "../../common/index.ts";

/** Shoves: the pelvis gets an extra horizontal velocity at intervals. */
export const PushConfig = z.strictObject({
  everySeconds: z.number().positive().default(10),
  speed: z.number().nonnegative().default(1).describe("largest change per axis, m/s"),
  shape: z
    .enum(["square", "circle"])
    .default("square")
    .describe("square: each axis uniform, as ALMI; circle: full speed in a random direction"),
});
export type PushConfig = z.infer<typeof PushConfig>;

/** Draws a push (world, m/s) into `out`. */
export function drawPush(
  config: PushConfig,
  rng: Rng,
  out: [number, number, number],
): [number, number, number] {
  const a = rng.uniform(-1, 1);
  const b = rng.uniform(-1, 1);
  out[0] = config.shape === "square" ? config.speed * a : config.speed * portableMath.cos(Math.PI * a);
  out[1] = config.shape === "square" ? config.speed * b : config.speed * portableMath.sin(Math.PI * a);
  out[2] = 0;
  return out;
}

/** Whether an event that happens every `period` seconds happens at this control step (never at step 0). */
export function isDue(step: number, period: number, controlTimestep: number): boolean {
  const every = Math.max(1, Math.floor(period / controlTimestep + 0.5));
  return step > 0 && step % every === 0;
}
