import { z } from "zod";

const range = (low: number, high: number) => z.tuple([z.number(), z.number()]).default([low, high]);

/** How the simulated robot differs from its published model, drawn anew at each reset. A range [x, x] means exactly x. */
export const RandomizationConfig = z.strictObject({
  footFriction: z
    .tuple([z.number(), z.number()])
    .optional()
    .describe("sliding friction of the feet, absolute"),
  baseMassAdded: range(0, 0).describe("added to the pelvis, kg"),
  linkMassScale: range(1, 1).describe("factor on each link's mass and inertia"),
  comOffset: z
    .tuple([z.number(), z.number(), z.number()])
    .default([0, 0, 0])
    .describe("largest shift of the torso's centre of mass per axis, m"),
  kpScale: range(1, 1).describe("factor on each joint's stiffness"),
  kdScale: range(1, 1).describe("factor on each joint's damping"),
  torqueScale: range(1, 1).describe("factor on each motor's torque"),
  jointFriction: range(0, 0).describe("Coulomb friction of each joint, N·m, added in the control loop"),
  handPayload: range(0, 0).describe("mass added to each hand, kg"),
  actionDelay: range(0, 0).describe("age of the targets when they act, s; rounded to physics steps"),
});
export type RandomizationConfig = z.infer<typeof RandomizationConfig>;

/** What sensors add to the truth. Noise is uniform, new at each control step; biases are drawn at each reset. */
export const SensorConfig = z.strictObject({
  jointPosNoise: z.number().nonnegative().default(0).describe("rad"),
  jointVelNoise: z.number().nonnegative().default(0).describe("rad/s"),
  gyroNoise: z.number().nonnegative().default(0).describe("rad/s"),
  gyroBias: z.number().nonnegative().default(0).describe("rad/s"),
  tiltNoise: z.number().nonnegative().default(0).describe("rad, about roll and pitch"),
  tiltBias: z.number().nonnegative().default(0).describe("rad, about roll and pitch"),
  accelerometerNoise: z.number().nonnegative().default(0).describe("m/s²"),
  accelerometerBias: z.number().nonnegative().default(0).describe("m/s²"),
});
export type SensorConfig = z.infer<typeof SensorConfig>;

/** How a robot is simulated and controlled between two decisions. */
export const PlantConfig = z.strictObject({
  timestep: z.number().positive().default(0.002).describe("physics step, s"),
  decimation: z.int().positive().default(10).describe("physics steps per control step"),
  actuation: z
    .enum(["torque", "position"])
    .default("torque")
    .describe(
      "torque: PD computed here at each physics step, as on the real motor; position: the engine's own PD, integrated implicitly",
    ),
  integrator: z
    .enum(["euler", "implicit", "implicitfast"])
    .optional()
    .describe("default: euler for torque, implicitfast for position"),
  collisions: z
    .enum(["full", "world", "feet"])
    .default("full")
    .describe("what may touch: all; only robot and world; only feet, world and each other"),
  friction: z
    .enum(["firm", "soft"])
    .default("firm")
    .describe(
      "soft: MuJoCo's default, under which feet that bear a load creep; firm: an eighth as fast, which costs a tenth to a quarter of the speed of simulation",
    ),
  frictionLoss: z
    .boolean()
    .default(true)
    .describe("keep the model's Coulomb friction in the joints; costs about a quarter of the speed"),
  visuals: z
    .boolean()
    .default(true)
    .describe("keep geoms that only look good; without them a step is a tenth cheaper"),
  islands: z
    .boolean()
    .default(true)
    .describe(
      "find which bodies touch each other and solve each group alone; without, a robot alone is 5 % faster, and elsewhere within the tolerance of the solver",
    ),
  jacobian: z
    .enum(["dense", "sparse"])
    .default("sparse")
    .describe(
      "how the solver keeps what contacts act on: the same but for rounding, and sparse is a third faster on firm feet",
    ),
  solverIterations: z
    .int()
    .positive()
    .optional()
    .describe("most iterations of the contact solver; default: the model's"),
  randomization: RandomizationConfig.prefault({}),
  sensors: SensorConfig.prefault({}),
});
export type PlantConfig = z.infer<typeof PlantConfig>;

/** Whether two episodes on such a plant that begin alike can go on differently. */
export function isRandomized({ randomization, sensors }: PlantConfig): boolean {
  const { comOffset, ...ranges } = randomization;
  const isSpread = Object.values(ranges).some((range) => range !== undefined && range[0] !== range[1]);
  return isSpread || [...comOffset, ...Object.values(sensors)].some((size) => size !== 0);
}

/** Seconds between two decisions. Derived, so no file can contradict it. */
export const controlTimestep = (config: { timestep: number; decimation: number }): number =>
  config.timestep * config.decimation;
