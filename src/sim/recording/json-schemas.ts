import type { Topic } from "./mcap-log.ts";

const number = { type: "number" };
const text = { type: "string" };
const object = (properties: Record<string, object>) => ({ type: "object", properties });
const list = (items: object) => ({ type: "array", items });
const numbers = (...names: readonly string[]) =>
  object(Object.fromEntries(names.map((name) => [name, number])));

const timestamp = { ...numbers("sec", "nsec"), title: "time" };
const vector = numbers("x", "y", "z");
const quaternion = numbers("x", "y", "z", "w");
const velocity = numbers("x", "y", "yaw_rate");
const foot = object({ position: vector, velocity: vector, force: number, contact: { type: "boolean" } });

const pose = object({ position: vector, orientation: quaternion });
const color = numbers("r", "g", "b", "a");
const solid = object({ pose, size: vector, color });
const entity = object({
  timestamp,
  frame_id: text,
  id: text,
  lifetime: { ...numbers("sec", "nsec"), title: "duration" },
  frame_locked: { type: "boolean" },
  metadata: list(object({ key: text, value: text })),
  arrows: list(object({})),
  cubes: list(solid),
  spheres: list(solid),
  cylinders: list(object({ pose, size: vector, bottom_scale: number, top_scale: number, color })),
  lines: list(object({})),
  triangles: list(
    object({ pose, points: list(vector), color, colors: list(color), indices: list({ type: "integer" }) }),
  ),
  texts: list(object({})),
  models: list(object({})),
});

const jointStates = object({
  timestamp,
  joints: list(object({ name: text, position: number, velocity: number, effort: number })),
});

/**
 * The topics that people look at, in Foxglove's own message shapes where it has one, so that its panels know them.
 *
 * @see https://docs.foxglove.dev/docs/sdk/schemas
 */
export const TOPICS = {
  scene: {
    topic: "/scene",
    schemaName: "foxglove.SceneUpdate",
    schema: object({
      deletions: list(object({ timestamp, type: number, id: text })),
      entities: list(entity),
    }),
  },
  transforms: {
    topic: "/tf",
    schemaName: "foxglove.FrameTransforms",
    schema: object({
      transforms: list(
        object({
          timestamp,
          parent_frame_id: text,
          child_frame_id: text,
          translation: vector,
          rotation: quaternion,
        }),
      ),
    }),
  },
  joints: { topic: "/joints", schemaName: "foxglove.JointStates", schema: jointStates },
  targets: { topic: "/joint_targets", schemaName: "foxglove.JointStates", schema: jointStates },
  velocity: {
    topic: "/velocity",
    schemaName: "contrapposto.Velocity",
    schema: object({ timestamp, commanded: velocity, measured: velocity }),
  },
  feet: {
    topic: "/feet",
    schemaName: "contrapposto.Feet",
    schema: object({ timestamp, left: foot, right: foot }),
  },
  log: {
    topic: "/log",
    schemaName: "foxglove.Log",
    schema: object({ timestamp, level: number, message: text, name: text, file: text, line: number }),
  },
} satisfies Record<string, Topic>;
