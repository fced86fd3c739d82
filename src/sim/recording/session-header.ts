import { z } from "zod";
import { PlantConfig } from "../plant/plant-config.ts";
import { PlantSnapshot } from "../plant/plant-snapshot.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { GroundRequest } from "../scenes.ts";

/** Version of the layout that `src/sim/recording` writes and reads. */
export const RECORDING_FORMAT = 1;

const names = z.tuple([z.string(), z.string()]);

const Joint = z.strictObject({
  name: z.string(),
  group: z.enum(["lower", "upper", "wrist"]),
  range: z.tuple([z.number(), z.number()]),
  torqueLimit: z.number(),
  velocityLimit: z.number(),
  kp: z.number(),
  kd: z.number(),
  default: z.number(),
  mirrorSign: z.union([z.literal(1), z.literal(-1)]),
  motorSlot: z.int(),
});

const Robot: z.ZodType<RobotSpec> = z.strictObject({
  name: z.string(),
  title: z.string(),
  model: z.string(),
  joints: z.array(Joint).min(1),
  baseBody: z.string(),
  standingHeight: z.number(),
  footBodies: names,
  kneeBodies: names,
  imuSite: z.string().exactOptional(),
  fixedBase: z.strictObject({ frozenJoints: z.record(z.string(), z.number()) }).exactOptional(),
  hardware: z
    .strictObject({ messages: z.enum(["unitree_go", "unitree_hg"]), slots: z.int() })
    .exactOptional(),
});

const Ground: z.ZodType<GroundRequest> = z.strictObject({
  kind: z.enum(["rough", "slopes", "stairs"]),
  level: z.int(),
  seed: z.int(),
  side: z.number().exactOptional(),
});

const Companion = z.strictObject({
  name: z.string().describe("stands before its names in the model, and is its folder in the model files"),
  robot: Robot,
  robotModel: z.string().describe("its entry file below its folder"),
  place: z.tuple([z.number(), z.number(), z.number()]).describe("forward, left, m, and turned by, rad"),
});

/**
 * What a session began with. With the model files beside it, it is all that a replay needs: no robot or scene of this
 * installation takes part.
 */
export const SessionHeader = z.strictObject({
  format: z.literal(RECORDING_FORMAT),
  software: z.string().describe("version of Contrapposto that recorded it"),
  engine: z.string().describe("version of MuJoCo"),
  modelHash: z.string().describe("digest of the compiled model"),
  robot: Robot,
  robotModel: z.string().describe("the robot's entry file below robot/ in the model files"),
  sceneName: z.string().describe("the scene as it was asked for, such as rough:3"),
  scene: z.union([z.string(), Ground]).describe("entry file below scene/, or the ground to generate"),
  companions: z.array(Companion).exactOptional().describe("further robots of the world"),
  seed: z.int(),
  policy: z.string().describe("what acted; empty where nobody said"),
  plant: PlantConfig,
  start: PlantSnapshot,
});
export type SessionHeader = z.infer<typeof SessionHeader>;
