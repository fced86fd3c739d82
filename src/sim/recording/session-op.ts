import { z } from "zod";
import { ExactFloats } from "../plant/exact-floats.ts";
import { PlantSnapshot } from "../plant/plant-snapshot.ts";

const step = z.int().nonnegative().describe("control steps since the recording began");

/**
 * One thing that was done to the plant, or one check of what came of it. Doing the operations in order to a plant that
 * starts from the header's snapshot repeats the session bit for bit.
 */
export const SessionOp = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("ask"),
    command: ExactFloats.exactOptional().describe("vx, vy, yaw rate"),
    reference: ExactFloats.exactOptional().describe("reference joint angles, rad"),
  }),
  z.strictObject({
    op: z.literal("change"),
    at: z
      .array(z.int().nonnegative())
      .describe("entries of the physics state that changed between two steps"),
    values: ExactFloats.describe("what they became: pushes, external forces, moved objects"),
  }),
  z.strictObject({
    op: z.literal("restart"),
    snapshot: PlantSnapshot.describe("the plant after a reset"),
  }),
  z.strictObject({
    op: z.literal("step"),
    q: ExactFloats.exactOptional().describe("joint targets, rad; left out where the last step's hold"),
    kp: ExactFloats.exactOptional(),
    kd: ExactFloats.exactOptional(),
    tau: ExactFloats.exactOptional(),
  }),
  z.strictObject({
    op: z.literal("companion"),
    name: z.string(),
    q: ExactFloats.exactOptional().describe("what its joints are asked for from the next step on"),
    kp: ExactFloats.exactOptional(),
    kd: ExactFloats.exactOptional(),
    tau: ExactFloats.exactOptional(),
  }),
  z.strictObject({ op: z.literal("hash"), step, hash: z.string().describe("digest of the physics state") }),
  z.strictObject({ op: z.literal("diverged").describe("the physics broke in the step before") }),
  z.strictObject({ op: z.literal("end"), step }),
]);
export type SessionOp = z.infer<typeof SessionOp>;
