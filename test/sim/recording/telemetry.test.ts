import { McapIndexedReader, type McapTypes } from "@mcap/core";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Rng, rotate } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { decompressLz4 } from "../../../src/sim/recording/lz4-frame.ts";
import { MemorySink } from "../../../src/sim/recording/recording-sink.ts";
import { SessionRecorder } from "../../../src/sim/recording/session-recorder.ts";
import { robotByName } from "../../../src/sim/robots/registry.ts";
import { compileWorld, type World } from "../../../src/sim/world.ts";
import { ROOT } from "../../support/run-cli.ts";
import OFFICIAL from "./foxglove-schemas.json" with { type: "json" };

const robot = robotByName("h1_2");
const world: World = {
  robot,
  robotModel: readModel(`${ROOT}assets/${robot.model}`),
  sceneName: "flat",
  scene: readModel(`${ROOT}scenes/flat.xml`),
};

interface Xyz {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}
interface Pose {
  readonly position: Xyz;
  readonly orientation: Xyz & { readonly w: number };
}
interface Transform {
  readonly child_frame_id: string;
  readonly translation: Xyz;
  readonly rotation: Pose["orientation"];
}

const engine = await Engine.load();
const config = PlantConfig.parse({ timestep: 0.002, decimation: 5 }); // 100 control steps a second
const plant = new Plant(engine.simulate(compileWorld(engine, world, config).model), robot, config);
let reader: McapIndexedReader;
let bytes: Uint8Array;

/** One second of standing while walking is asked for, with a push, read back as Foxglove reads: by the index. */
beforeAll(async () => {
  plant.reset(new Rng(0), { yaw: 2 });
  const sink = new MemorySink();
  const recorder = new SessionRecorder(sink, { world, seed: 0, software: "0.0.0" });
  await recorder.start(plant);
  const targets = createJointTargets(robot);
  for (let step = 1; step <= 100; step++) {
    plant.ask([0.5, -0.1, 0.2]);
    plant.step(targets);
    const push = step === 50 ? ([0.4, 0, 0] as const) : undefined;
    if (push !== undefined) plant.kick(push);
    recorder.step({ push });
  }
  await recorder.end();
  bytes = sink.bytes();
  reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(bytes.length),
      read: async (offset, length) => bytes.slice(Number(offset), Number(offset + length)),
    },
    decompressHandlers: { lz4: (data, size) => decompressLz4(data, Number(size)) },
  });
});

async function messages<T>(topic: string): Promise<{ logTime: bigint; value: T }[]> {
  const found: { logTime: bigint; value: T }[] = [];
  for await (const { logTime, data } of reader.readMessages({ topics: [topic] }))
    found.push({ logTime, value: JSON.parse(new TextDecoder().decode(data)) as T });
  return found;
}

const schemaOf = (topic: string): McapTypes.Schema | undefined => {
  const channel = [...reader.channelsById.values()].find((candidate) => candidate.topic === topic);
  return channel && reader.schemasById.get(channel.schemaId);
};

describe("a recording in Foxglove", () => {
  it("has every topic under a schema whose name Foxglove knows, as JSON", () => {
    const named = Object.fromEntries(
      [...reader.channelsById.values()].map(({ topic }) => [topic, schemaOf(topic)?.name]),
    );
    expect(named).toEqual({
      "/contrapposto/ops": "contrapposto.SessionOp",
      "/scene": "foxglove.SceneUpdate",
      "/tf": "foxglove.FrameTransforms",
      "/joints": "foxglove.JointStates",
      "/joint_targets": "foxglove.JointStates",
      "/velocity": "contrapposto.Velocity",
      "/feet": "contrapposto.Feet",
      "/log": "foxglove.Log",
    });
    for (const schema of reader.schemasById.values()) {
      expect(schema.encoding).toBe("jsonschema");
      expect(JSON.parse(new TextDecoder().decode(schema.data))).toBeTypeOf("object");
    }
  });

  it("keeps to Foxglove's own schemas, and declares every field that it fills", async () => {
    for (const topic of ["/scene", "/tf", "/joints", "/joint_targets", "/log"]) {
      const schema = schemaOf(topic);
      const official = z.fromJSONSchema(
        OFFICIAL[schema?.name as keyof typeof OFFICIAL] as z.core.JSONSchema.JSONSchema,
      );
      const declared = JSON.parse(new TextDecoder().decode(schema?.data)) as JsonSchema;
      const found = await messages<unknown>(topic);
      expect(found.length).toBeGreaterThan(0);
      for (const { value } of [...found.slice(0, 2), ...found.slice(-1)]) {
        expect(official.safeParse(value).error?.issues, topic).toBeUndefined();
        expect(undeclared(value, declared), topic).toEqual([]);
      }
    }
  });

  it("shows 50 samples a second with the poses that the physics had", async () => {
    const frames = await messages<{ transforms: Transform[] }>("/tf");
    expect(frames.map(({ logTime }) => Number(logTime) / 1e9)).toEqual(
      Array.from({ length: 51 }, (_, i) => i / 50),
    );
    const last = frames.at(-1)?.value.transforms ?? [];
    expect(last.map(({ child_frame_id }) => child_frame_id)).toEqual(
      plant.simulation.model.names("body").filter((name) => name !== "world"),
    );
    const { xpos, xquat } = plant.simulation.views;
    for (const { child_frame_id: name, translation, rotation } of last) {
      const body = plant.simulation.model.index("body", name);
      for (const [k, axis] of (["x", "y", "z"] as const).entries())
        expect(translation[axis]).toBeCloseTo(xpos[3 * body + k], 4);
      expect(rotation.w).toBeCloseTo(xquat[4 * body], 4);
    }
  });

  it("draws the robot as large as it is, with its feet on the ground", async () => {
    const [{ value: scene }] = await messages<{ entities: { frame_id: string; triangles: Mesh[] }[] }>(
      "/scene",
    );
    const [{ value: start }] = await messages<{ transforms: Transform[] }>("/tf");
    const frames = new Map(start.transforms.map((frame) => [frame.child_frame_id, frame]));
    const heights: number[] = [];
    for (const { frame_id, triangles } of scene.entities) {
      const frame = frames.get(frame_id);
      if (frame === undefined) expect(frame_id).toBe("world");
      else
        for (const mesh of triangles) heights.push(...mesh.points.map((at) => inWorld(frame, mesh.pose, at)));
    }
    expect(heights.length).toBeGreaterThan(1000);
    expect(Math.min(...heights)).toBeGreaterThan(-0.01);
    expect(Math.min(...heights)).toBeLessThan(0.02);
    expect(Math.max(...heights)).toBeGreaterThan(1.6);
    expect(Math.max(...heights)).toBeLessThan(1.9);
  });

  it("shows what was asked for beside what was measured, in the robot's heading", async () => {
    const velocities = await messages<{ commanded: unknown; measured: { x: number } }>("/velocity");
    expect(velocities.at(-1)?.value.commanded).toEqual({ x: 0.5, y: -0.1, yaw_rate: 0.2 });
    const joints = await messages<{ joints: { name: string; position: number; effort: number }[] }>(
      "/joints",
    );
    const knee = joints.at(-1)?.value.joints.find(({ name }) => name === "left_knee_joint");
    const index = robot.joints.findIndex(({ name }) => name === "left_knee_joint");
    expect(knee?.position).toBeCloseTo(plant.truth.q[index], 4);
    const feet = await messages<{ left: { force: number; contact: boolean } }>("/feet");
    expect(feet.some(({ value }) => value.left.contact && value.left.force > 100)).toBe(true);
  });

  it("notes the push in words, at its time", async () => {
    const notes = await messages<{ message: string }>("/log");
    expect(notes.map(({ logTime, value }) => [Number(logTime) / 1e9, value.message])).toEqual([
      [0.5, "push by [0.40, 0.00, 0.00] m/s"],
    ]);
  });

  it("takes a megabyte for the robot's looks, its files and the first second", () => {
    expect(bytes.length).toBeLessThan(1_000_000);
  });
});

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

/** Paths of a message's fields that its schema does not declare: panels would not find them. */
function undeclared(value: unknown, schema: JsonSchema | undefined, path = ""): string[] {
  if (schema === undefined) return [path];
  if (Array.isArray(value))
    return value.slice(0, 1).flatMap((item) => undeclared(item, schema.items, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    undeclared(field, schema.properties?.[name], `${path}.${name}`),
  );
}

interface Mesh {
  readonly pose: Pose;
  readonly points: readonly Xyz[];
}

/** Height of a mesh's point in the world. */
function inWorld(frame: Transform, pose: Pose, at: Xyz): number {
  const inBody = moved(pose.position, pose.orientation, at);
  return moved(frame.translation, frame.rotation, inBody).z;
}

function moved(origin: Xyz, { w, x, y, z }: Pose["orientation"], at: Xyz): Xyz {
  const [dx, dy, dz] = rotate([w, x, y, z], [at.x, at.y, at.z], [0, 0, 0]);
  return { x: origin.x + dx, y: origin.y + dy, z: origin.z + dz };
}
