import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, zipModels } from "../../src/sim/index.ts";
import { LivePicture } from "../../src/viewer/host/live-picture.ts";
import { type Sample, StreamReader, type WorldMessage } from "../../src/wire/index.ts";
import { FixtureSession } from "../app/server/fixture-session.ts";

describe("the picture of a world on a server", () => {
  let engine: Engine;
  let session: FixtureSession;
  beforeAll(async () => {
    engine = await Engine.load();
    session = await FixtureSession.open();
  });
  afterAll(() => session?.[Symbol.asyncDispose]());

  const world = () => session.client.last("world") as WorldMessage;
  const source = () => ({ engine, url: session.server.socketUrl, token: undefined });
  const foot = ({ plant }: LivePicture) => plant.simulation.views.xpos[3 * plant.index.feet[0] + 2];

  it("stands where the server's robot stands", async () => {
    using picture = await LivePicture.open(world(), source());
    const sample = await session.moment();
    expect(picture.place(sample)).toBe(true);
    const { views } = picture.plant.simulation;
    const base = 3 * picture.plant.index.base;
    expect([...views.xpos.subarray(base, base + 3)].map(Math.fround)).toEqual([...sample.field("basePos")]);
    expect(picture.scene.geoms.length).toBeGreaterThan(60);
  });

  it("puts a real robot, which does not know its height, on its lower foot", async () => {
    using picture = await LivePicture.open(world(), source());
    const standing = foot(picture);
    const sample = robotSample(picture, (name, j) => (name === "q" && j === 3 ? 0.9 : 0));
    expect(picture.place(sample)).toBe(true);
    const { xpos } = picture.plant.simulation.views;
    const lower = Math.min(...picture.plant.index.feet.map((body) => xpos[3 * body + 2]));
    expect(lower).toBeCloseTo(standing, 6);
  });

  it("is left alone by samples of another robot", async () => {
    using picture = await LivePicture.open(world(), source());
    const other = robotSample(picture, () => 0, 5);
    expect(picture.place(other)).toBe(false);
  });

  it("says why a model does not compile, and that a server has none", async () => {
    const broken = { main: "a.xml", files: new Map([["a.xml", "<mujoco><worldbody><geom/></worldbody>"]]) };
    const archive = zipModels({ robot: broken, scene: broken });
    const server = createServer((request, response) =>
      request.url === "/a.zip" ? response.end(archive) : response.writeHead(404).end(),
    );
    const url = await listen(server);
    const described = (path: string): WorldMessage => ({
      ...world(),
      model: { url: path, robotMain: "a.xml", scene: "a.xml" },
    });
    const elsewhere = { engine, url, token: undefined };
    await expect(LivePicture.open(described("/a.zip"), elsewhere)).rejects.toThrow(/does not compile|XML/);
    await expect(LivePicture.open(described("/b.zip"), elsewhere)).rejects.toThrow(/404/);
    const { model: _, ...without } = world();
    await expect(LivePicture.open(without, elsewhere)).rejects.toThrow(/looks like/);
    server.close();
  });
});

function listen(server: Server): Promise<string> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`),
    ),
  );
}

/** A sample as bridges send it: joints and tilt are known, the place is not. */
function robotSample(
  { plant }: LivePicture,
  value: (field: string, joint: number) => number,
  joints = plant.robot.joints.length,
): Sample {
  const sizes = { q: joints, dq: joints, baseQuat: 4, basePos: 3 };
  const fields = Object.entries(sizes).map(([name, size]) => ({ name, size, unit: "" }));
  const reader = new StreamReader({
    ...{ id: 1, name: "state", direction: "out", layout: "record", rateHz: 500 },
    fields,
  });
  const values = fields.flatMap(({ name, size }) =>
    Array.from({ length: size }, (_, i) => {
      if (name === "baseQuat") return i === 0 ? 1 : 0;
      return name === "basePos" ? Number.NaN : value(name, i);
    }),
  );
  const frame = {
    type: 1 as const,
    flags: 0,
    stream: 1,
    sequence: 0,
    timeNs: 0,
    values: Float32Array.from(values),
  };
  return reader.read(frame);
}
