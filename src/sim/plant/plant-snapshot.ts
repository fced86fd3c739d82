import { z } from "zod";
import { ExactFloats } from "./exact-floats.ts";

const word = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** What one robot's next steps depend on beside the physics. */
export const RobotSnapshot = z.strictObject({
  rng: z.tuple([word, word, word, word]),
  delaySteps: z.int().nonnegative(),
  delayed: ExactFloats.describe("targets still under way, oldest first"),
  motors: ExactFloats.describe("stiffness, damping and torque factors, friction"),
  patch: ExactFloats.describe("this world's masses, centres and friction"),
  sensorBiases: ExactFloats,
  truth: ExactFloats.describe("the arrays of the true control state"),
  measured: ExactFloats.describe("the arrays of the measured control state; empty where sensors are exact"),
});
export type RobotSnapshot = z.infer<typeof RobotSnapshot>;

/**
 * Everything that a plant's next steps depend on, as JSON that keeps every bit: the physics, this world's randomised
 * parameters, targets still under way, sensor biases and the random source. `Plant.snapshot` takes one.
 */
export const PlantSnapshot = z.strictObject({
  step: z.int().nonnegative(),
  physics: ExactFloats.describe("MuJoCo's integration state, as `Simulation.save` returns it"),
  ...RobotSnapshot.shape,
  companions: z.array(RobotSnapshot).exactOptional(),
});
export type PlantSnapshot = z.infer<typeof PlantSnapshot>;

/** The control step in which the physics broke: the plant just before it and the targets that it was given. */
export const PlantDump = z.strictObject({
  engine: z.string().describe("version of MuJoCo"),
  modelHash: z.string(),
  time: z.number().describe("of the episode, just before the step, s"),
  snapshot: PlantSnapshot,
  targets: ExactFloats.describe("q, kp, kd, tau"),
  companionTargets: z.array(ExactFloats).exactOptional().describe("the same of each companion"),
});
export type PlantDump = z.infer<typeof PlantDump>;
