import { z } from "zod";
import type { RobotSpec } from "../sim/index.ts";
import type { LoopConfig } from "../teleop/node.ts";
import { loadSafety } from "./robot-safety.ts";

/** What a command that runs a motor loop asks about it. */
export const LoopFlags = {
  envelope: z
    .string()
    .optional()
    .meta({ description: "operating envelope; default: the robot's own", placeholder: "file" }),
  realtime: z
    .int()
    .min(1)
    .max(99)
    .optional()
    .describe(
      "real-time priority of the motor loop and of DDS (SCHED_FIFO), such as 50; needs root or CAP_SYS_NICE",
    ),
  reserve: z
    .boolean()
    .default(false)
    .describe(
      "reserve 1 of every 2 ms of a processor for the motor loop (SCHED_DEADLINE), which real-time threads cannot take either",
    ),
};

/** The answers. */
export interface LoopRequest {
  readonly envelope?: string | undefined;
  readonly realtime?: number | undefined;
  readonly reserve: boolean;
}

/** Limits and scheduling of a motor loop as the flags say; what else a loop needs is its caller's. */
export async function loopConfig(
  robot: RobotSpec,
  { envelope, realtime, reserve }: LoopRequest,
): Promise<Omit<LoopConfig, "authority" | "isDryRun">> {
  return { ...(await loadSafety(robot, envelope)), realtime, isReserved: reserve };
}
