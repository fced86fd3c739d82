import { z } from "zod";

const sides = z.tuple([z.string(), z.string()]);

/** An actuated joint, as `JointSpec` of the room sim describes it. */
const JointDescription = z.strictObject({
  name: z.string(),
  group: z.enum(["lower", "upper", "wrist"]),
  range: z.tuple([z.number(), z.number()]).describe("rad"),
  torqueLimit: z.number().describe("N·m"),
  velocityLimit: z.number().describe("rad/s"),
  kp: z.number().describe("N·m/rad"),
  kd: z.number().describe("N·m·s/rad"),
  default: z.number().describe("rad"),
  mirrorSign: z.union([z.literal(1), z.literal(-1)]),
  motorSlot: z.int(),
});

/** A robot, as `RobotSpec` of the room sim describes it. */
export const RobotDescription = z.strictObject({
  name: z.string(),
  title: z.string(),
  model: z.string(),
  joints: z.array(JointDescription).min(1).describe("this order is the order of all joint arrays"),
  baseBody: z.string(),
  standingHeight: z.number().describe("m"),
  footBodies: sides,
  kneeBodies: sides,
  imuSite: z.string().exactOptional(),
  fixedBase: z
    .strictObject({ frozenJoints: z.record(z.string(), z.number()) })
    .exactOptional()
    .describe("bolted down: joints of the model that are taken out, and where they stay, rad"),
  hardware: z
    .strictObject({ messages: z.enum(["unitree_go", "unitree_hg"]), slots: z.int() })
    .exactOptional(),
});
export type RobotDescription = z.infer<typeof RobotDescription>;

/** Ground that is generated alike on both sides. */
const GroundDescription = z.strictObject({
  kind: z.enum(["rough", "slopes", "stairs"]),
  level: z.int(),
  seed: z.int(),
  side: z.number().exactOptional().describe("of the square, m"),
});

/** Where to get the model's files, and which of them to begin with. */
export const ModelDescription = z.strictObject({
  url: z
    .string()
    .describe(
      "zip archive, relative to the server: files of the robot below robot/, of the scene below scene/",
    ),
  robotMain: z.string().describe("entry file below robot/"),
  scene: z.union([z.string(), GroundDescription]).describe("entry file below scene/, or ground to generate"),
});
export type ModelDescription = z.infer<typeof ModelDescription>;

/** What is on the other side: a simulator, a robot, a training run, or a VLA in a simulator. */
export const WorldMessage = z.strictObject({
  op: z.literal("world"),
  worldId: z.string().describe("changes whenever anything in this message does"),
  kind: z.enum(["simulation", "robot", "training", "vla"]),
  robot: RobotDescription,
  sceneName: z.string().describe('such as "flat" or "rough:3"'),
  controlTimestep: z.number().positive().describe("s"),
  engine: z.string().optional().describe("version of MuJoCo, where one computes"),
  modelHash: z.string().optional().describe("digest of the compiled model, to check one's own against"),
  plant: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("PlantConfig: with the model, all that compiling needs"),
  model: ModelDescription.optional(),
  companions: z
    .array(
      z.strictObject({
        name: z.string().describe("with a slash, it stands before the names of its bodies and joints"),
        robot: RobotDescription,
        robotMain: z.string().describe("its entry file below its name in the archive"),
        place: z
          .tuple([z.number(), z.number(), z.number()])
          .describe("where it starts, seen from the robot: forward, left, m, and turned by, rad"),
      }),
    )
    .optional()
    .describe("further robots in a simulation's model; absent where it is alone"),
});
export type WorldMessage = z.infer<typeof WorldMessage>;
