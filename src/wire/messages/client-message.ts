import { z } from "zod";
import { parseMessage } from "./parse-message.ts";

const id = z.int().nonnegative().optional().describe("asks for a `done` or an `error` that carries it too");
const name = z.string().min(1).max(200);
const finite = z.number();
const vector = z.tuple([finite, finite, finite]);

const companion = name
  .optional()
  .describe("a companion of the world; default: the robot. A velocity asks the others to stand");

const message = <O extends string, S extends z.core.$ZodShape>(op: O, shape: S) =>
  z.strictObject({ op: z.literal(op), id, ...shape });

/** States that a robot can be asked to go to; see PROTOCOL.md. */
export const ROBOT_STATES = ["passive", "damping", "standing-up", "ready", "running", "fault"] as const;
export type RobotState = (typeof ROBOT_STATES)[number];

/** Everything that a client may say in a text frame. */
export const ClientMessage = z.discriminatedUnion("op", [
  message("hello", {
    versions: z.array(z.int()).min(1).max(16),
    name: name.describe("for people"),
    token: z.string().max(200).optional(),
    resume: z.string().max(200).optional().describe("from an earlier `welcome`: continues that client"),
  }),
  message("ping", {
    clientTimeNs: z.number().nonnegative().describe("any clock of the client, given back as it is"),
    received: z.int().nonnegative().optional().describe("sample frames received on this connection so far"),
  }),

  message("subscribe", { stream: name, rateHz: z.number().positive().optional() }),
  message("unsubscribe", { stream: name }),

  message("acquire", { takeOver: z.boolean().default(false) }),
  message("release", {}),
  message("deny", {}).describe("the controller keeps control although somebody asked for it"),
  message("estop", { reason: z.string().max(200).default("") }),
  message("clearStop", {}),

  message("velocity", {
    velocity: vector.describe("forward, left, m/s, and turn, rad/s"),
    robot: companion,
  }),
  message("publish", {
    stream: name,
    joints: z.array(name).min(1).max(64),
    fields: z.array(name).min(1).max(8),
  }),
  message("force", {
    body: name,
    force: vector.describe("world, N"),
    torque: vector.default([0, 0, 0]).describe("world, N·m"),
    point: vector.optional().describe("where the force acts, body frame, m; default: the centre of mass"),
  }),
  message("push", {
    velocity: vector.describe("change of the pelvis velocity, world, m/s"),
    robot: companion,
  }),
  message("remote", {
    buttons: z.int().min(0).max(0xffff).describe("Unitree's remote: one bit a button"),
    axes: z.tuple([finite, finite, finite, finite]).describe("lx, ly, rx, ry, -1 to 1"),
  }),

  message("pause", { isPaused: z.boolean() }),
  message("step", { count: z.int().min(1).max(1000).default(1).describe("control steps, while paused") }),
  message("speed", {
    factor: z
      .number()
      .min(1 / 16)
      .max(4),
  }),
  message("reset", { seed: z.int().nonnegative().optional(), keyframe: name.optional() }),
  message("load", {
    robot: name.optional(),
    scene: name.optional(),
    seed: z.int().nonnegative().optional(),
  }),
  message("policy", { policies: z.array(name).max(4).describe("ids of the catalogue; none: balance") }),
  message("motion", { motion: name.nullable(), amplitude: z.number().min(0).max(1.5).default(1) }),
  message("transition", { to: z.enum(ROBOT_STATES) }),
  message("record", {
    isOn: z.boolean(),
    name: z
      .string()
      .regex(/^[\w-]{1,80}$/)
      .optional(),
  }),
  message("peek", { environment: z.int().nonnegative() }),
  message("instruct", {
    instruction: z.string().min(1).max(200).optional().describe("default: what the scene says"),
    task: name.optional().describe("default: the one that the instruction is about, else the last"),
    seed: z.int().nonnegative().optional().describe("the first scene to look at; default: the next"),
    selectors: z.array(name).min(1).max(4).optional().describe("the scene is done once under each"),
    candidates: z.int().min(1).max(50).optional().describe("chunks to choose from"),
    goesOn: z.boolean().optional().describe("the next scenes follow by themselves; alone, begins nothing"),
  }),
]);
export type ClientMessage = z.output<typeof ClientMessage>;
/** The same as it may be written, with defaults left out. */
export type ClientMessageInput = z.input<typeof ClientMessage>;

/** Reads the text of a client's message. Throws `MessageError`. */
export function parseClientMessage(text: string): ClientMessage {
  return parseMessage(ClientMessage, text);
}

/** What the server itself answers, whatever it serves. */
export const SERVER_OPS = [
  "hello",
  "ping",
  "subscribe",
  "unsubscribe",
  "acquire",
  "release",
  "deny",
  "estop",
  "clearStop",
  "publish",
] as const;

/** What needs control, and goes to whatever is served. */
export type HostMessage = Exclude<ClientMessage, { op: (typeof SERVER_OPS)[number] }>;
