import { z } from "zod";
import type { Rng } from "../../common/index.ts";

const range = (low: number, high: number) => z.tuple([z.number(), z.number()]).default([low, high]);

/** Uniformly drawn velocity commands, new every few seconds. ALMI's ranges by default. */
export const VelocityCommandConfig = z.strictObject({
  vx: range(-0.7, 0.7).describe("m/s"),
  vy: range(-0.3, 0.3).describe("m/s"),
  yawRate: range(-0.5, 0.5).describe("rad/s"),
  resampleSeconds: z.number().positive().default(8),
  deadZone: z
    .number()
    .nonnegative()
    .default(0.2)
    .describe("linear commands with a smaller norm become zero, m/s"),
  standShare: z.number().min(0).max(1).default(0).describe("share of commands that are exactly zero"),
  singleShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "share of commands that are forward, sideways or turning alone, each as often, without a dead zone",
    ),
  fullShare: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe("share of commands that are as fast as they come, forward or back and sideways at once"),
});
export type VelocityCommandConfig = z.infer<typeof VelocityCommandConfig>;

/** Draws a command [vx, vy, yaw rate] into `out`. Always takes the same number of draws. */
export function drawCommand(config: VelocityCommandConfig, rng: Rng, out: Float64Array): void {
  out[0] = rng.uniform(...config.vx);
  out[1] = rng.uniform(...config.vy);
  out[2] = rng.uniform(...config.yawRate);
  const { standShare, singleShare, fullShare } = config;
  const kind = rng.uniform();
  const single = kind - standShare;
  if (kind < standShare) out.fill(0, 0, 3);
  else if (single < singleShare) keepOnly(Math.floor((3 * single) / singleShare), out);
  else if (single < singleShare + fullShare) goFull(config, out);
  else if (Math.sqrt(out[0] * out[0] + out[1] * out[1]) <= config.deadZone) out[0] = out[1] = 0;
}

function keepOnly(axis: number, out: Float64Array): void {
  for (let k = 0; k < 3; k++) if (k !== axis) out[k] = 0;
}

function goFull({ vx, vy }: VelocityCommandConfig, out: Float64Array): void {
  out[0] = nearerBound(vx, out[0]);
  out[1] = nearerBound(vy, out[1]);
}

function nearerBound([low, high]: readonly [number, number], drawn: number): number {
  return 2 * drawn < low + high ? low : high;
}

/** A command that changes at given times, as a person would drive: the last entry whose time has come holds. */
export const CommandScript = z
  .array(
    z.strictObject({
      time: z.number().nonnegative(),
      velocity: z.tuple([z.number(), z.number(), z.number()]),
    }),
  )
  .min(1);
export type CommandScript = z.infer<typeof CommandScript>;

/** The command of a script at a time; zero before its first entry. */
export function scriptedCommand(script: CommandScript, time: number): readonly [number, number, number] {
  let command: readonly [number, number, number] = [0, 0, 0];
  for (const entry of script) if (entry.time <= time + 1e-9) command = entry.velocity;
  return command;
}
