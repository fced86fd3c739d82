import { z } from "zod";
import { PlantConfig } from "../sim/index.ts";

const velocity = z.tuple([z.number(), z.number(), z.number()]);

/** What a run takes, with a page or without. */
export const RunFlags = z.strictObject({
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  model: z.string().optional().meta({ description: "another MJCF of the same robot", placeholder: "file" }),
  scene: z
    .string()
    .default("flat")
    .describe(
      'scene, with level where it has any, such as "rough:3", and side, such as "rough:3:64"; see scene list',
    ),
  companion: z.array(z.array(z.string())).default([]).meta({
    description:
      "a further robot, ahead and to the left of the first, m, turned, degrees; it is in the way, and steered in the page; again for more",
    placeholder: "robot[@x,y[,deg]]",
  }),
  policy: z.array(z.string()).default([]).meta({
    description:
      "policy files (.onnx, .pt), one or more for disjoint joints; default: those that ship for the robot; balance: none",
    placeholder: "file",
  }),
  run: z.string().optional().meta({
    description: "newest policies of a training run; without a page they are read again whenever it saves",
    placeholder: "folder",
  }),
  preset: z
    .string()
    .optional()
    .describe("description of a policy file that carries none; default: recognised by its size"),
  deploy: z
    .string()
    .optional()
    .meta({ description: "deploy.yaml that belongs to the policy file", placeholder: "file" }),
  command: velocity.default([0.5, 0, 0]).describe("velocity asked for: forward, left, m/s, and turn, rad/s"),
  script: z.string().optional().meta({
    description: 'JSON file of commands over time: [{"time": 0, "velocity": [0.5, 0, 0]}, ...]',
    placeholder: "file",
  }),
  motion: z.string().optional().describe("arm motion that the upper body follows; see motion list"),
  amplitude: z.number().min(0).max(1.5).default(1).describe("share of the motion that is asked for"),
  push: z
    .array(z.number())
    .default([])
    .describe("a shove: time, s, and velocity change forward and left, m/s; such as 5,0.5,0"),
  seconds: z
    .number()
    .positive()
    .optional()
    .describe("longest duration, s; default: 10 without a page, else until it is ended"),
  seed: z.int().nonnegative().default(0).describe("seed of noise, randomisation and generated ground"),
  record: z
    .string()
    .optional()
    .meta({ description: "write an MCAP file that replays exactly", placeholder: "file" }),
  plant: PlantConfig.prefault({}),
});
export type RunFlags = z.output<typeof RunFlags>;
