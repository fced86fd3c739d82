import { z } from "zod";

/** How the simulated robot behaves where robots and simulators differ. */
export const TwinConfig = z.strictObject({
  motionService: z
    .string()
    .default("")
    .describe(
      'built-in controller that has the motors at start, such as "ai"; it stands until it is released. Default: none, motors limp',
    ),
  band: z.boolean().default(true).describe("hang the robot by an elastic band at start"),
  lift: z.number().default(0.05).describe("how far above its standing height the band holds it, m"),
  checkCrc: z.boolean().default(true).describe("drop commands with a wrong checksum, as the robot does"),
  modeMachine: z
    .int()
    .min(0)
    .max(255)
    .default(6)
    .describe("hg robots: the machine's number, which commands must repeat"),
  commandTimeout: z
    .number()
    .nonnegative()
    .default(0.2)
    .describe("silence after which the motors damp, s; 0: the last command acts for ever"),
});
export type TwinConfig = z.infer<typeof TwinConfig>;

/** Physics step of the twin, which is also the period of its state messages, s. */
export const TWIN_TIMESTEP = 0.002;
