import { z } from "zod";
import { REFUSAL_CODES } from "../errors.ts";
import { ROBOT_STATES } from "./client-message.ts";
import { parseMessage } from "./parse-message.ts";
import { StreamDeclaration } from "./stream.ts";
import { DecisionMessage, LayoutMessage, VlaMessage } from "./vla-message.ts";
import { WorldMessage } from "./world.ts";

const timeNs = z.number().nonnegative().describe("server clock, ns");
const count = z.int().nonnegative();
const who = z.strictObject({ clientId: z.string(), name: z.string() });
const message = <O extends string, S extends z.core.$ZodShape>(op: O, shape: S) =>
  z.strictObject({ op: z.literal(op), ...shape });

/** Bounds that the server sets, in `welcome`. */
export const Limits = z.strictObject({
  messageBytes: count.describe("largest message of a client"),
  messagesPerSecond: z.number().positive().describe("sustained; bursts may be twice as many"),
  leaseMs: z.number().positive().describe("control lapses when the controller is silent for so long"),
  heartbeatMs: z.number().positive().describe("how often either side says something"),
  silenceMs: z.number().positive().describe("a side that is silent for so long counts as dead"),
});
export type Limits = z.infer<typeof Limits>;

/** Slow-changing facts about a simulation that runs. */
export const SessionMessage = message("session", {
  isPaused: z.boolean(),
  speed: z.number().positive().describe("simulated seconds per second, as asked for"),
  seed: count,
  policies: z.array(z.strictObject({ id: z.string(), name: z.string(), joints: z.array(z.string()) })),
  ranges: z
    .array(z.strictObject({ name: z.string(), low: z.number(), high: z.number() }))
    .describe("what the policies were trained for: vx, vy, m/s, yawRate, rad/s; empty where it is ignored"),
  motion: z.strictObject({ name: z.string(), amplitude: z.number() }).nullable(),
  keyframes: z.array(z.string()),
  companions: z
    .array(
      z.strictObject({
        name: z.string(),
        policy: z.string(),
        ranges: z.array(z.strictObject({ name: z.string(), low: z.number(), high: z.number() })),
      }),
    )
    .optional()
    .describe("what acts in the world's companions, and what it was trained for"),
  recording: z.strictObject({ file: z.string(), sinceNs: timeNs }).nullable(),
});
export type SessionMessage = z.infer<typeof SessionMessage>;

/** What can be chosen. */
export const CatalogueMessage = message("catalogue", {
  robots: z.array(z.strictObject({ name: z.string(), title: z.string() })),
  scenes: z.array(
    z.strictObject({
      name: z.string(),
      about: z.string(),
      levels: count.describe("0: none; else write name:0 to name:levels-1"),
    }),
  ),
  policies: z.array(
    z.strictObject({ id: z.string(), name: z.string(), robot: z.string(), joints: z.array(z.string()) }),
  ),
  motions: z.array(z.strictObject({ name: z.string(), seconds: z.number(), tags: z.array(z.string()) })),
});
export type CatalogueMessage = z.infer<typeof CatalogueMessage>;

/** How the robot's body is. Fields that nobody measures are left out. */
const HealthMessage = message("health", {
  timeNs,
  battery: z
    .strictObject({
      charge: z.number().describe("share, 0 to 1"),
      voltage: z.number().optional().describe("V"),
      current: z.number().optional().describe("A"),
    })
    .optional(),
  temperatures: z.array(z.number()).optional().describe("per joint, °C"),
  loop: z
    .strictObject({
      ticks: z.int().nonnegative().describe("since it began"),
      missed: z.int().nonnegative().describe("ticks that ended when the next one should have begun"),
      lateP99Ms: z.number().describe("how late ticks begin, 99th percentile"),
      lateMaxMs: z.number().describe("the same, at worst, since the last message"),
      busySeconds: z.number().describe("time spent in ticks, in all"),
    })
    .optional()
    .describe("how punctual a robot's motor loop is"),
});

/** Which part of a training run is looked at. */
export const TrainingMessage = message("training", {
  run: z.string(),
  stage: z.string(),
  iteration: count,
  environments: count,
  environment: count.describe("the one that the streams show"),
});
export type TrainingMessage = z.infer<typeof TrainingMessage>;

/** Everything that the server may say in a text frame. */
export const ServerMessage = z.discriminatedUnion("op", [
  message("welcome", {
    version: z.int(),
    server: z.string(),
    clientId: z.string(),
    resume: z.string().describe("secret: shows a later connection to be the same client"),
    timeNs,
    limits: Limits,
  }),
  message("done", { id: count }),
  message("error", {
    id: count.optional().describe("of the message that failed, where it had one"),
    code: z.enum(REFUSAL_CODES),
    problem: z.string(),
    remedy: z.string(),
  }),
  message("pong", { clientTimeNs: z.number(), receivedNs: timeNs, sentNs: timeNs }),

  message("streams", { streams: z.array(StreamDeclaration) }).describe(
    "all there are; replaces earlier ones",
  ),
  message("subscribed", {
    stream: z.string(),
    every: z.int().positive().describe("samples whose sequence is a multiple of this are sent"),
  }),
  message("publishing", { stream: StreamDeclaration }).describe(
    "answers `publish`: how to write action frames",
  ),
  message("link", {
    timeNs,
    sent: count.describe("sample frames sent to this client"),
    dropped: z
      .record(z.string(), count)
      .describe("samples that it did not get because it was slow, by stream"),
  }),

  message("control", {
    holder: who.nullable(),
    takeOver: z
      .strictObject({ ...who.shape, inMs: z.number().nonnegative() })
      .nullable()
      .describe("who gets control in so many ms unless the holder denies"),
  }),
  message("estop", { isActive: z.boolean(), by: z.string(), reason: z.string(), timeNs }),
  message("clients", {
    clients: z.array(z.strictObject({ ...who.shape, isSilent: z.boolean(), dropped: count })),
  }),

  WorldMessage,
  SessionMessage,
  CatalogueMessage,
  message("robotState", {
    state: z.enum(ROBOT_STATES),
    fault: z.strictObject({ code: z.string(), text: z.string() }).nullable(),
    timeNs,
  }),
  HealthMessage,
  TrainingMessage,
  LayoutMessage,
  VlaMessage,
  DecisionMessage,
  message("recorded", { file: z.string(), url: z.string(), seconds: z.number(), bytes: count }),
  message("event", { level: z.enum(["info", "warning", "error"]), text: z.string(), timeNs }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
export type ServerOp = ServerMessage["op"];

/** Reads the text of a server's message. Throws `MessageError`. */
export function parseServerMessage(text: string): ServerMessage {
  return parseMessage(ServerMessage, text);
}
