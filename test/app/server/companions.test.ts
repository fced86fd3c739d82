import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Engine, openRecording, ReplayWorld, replay } from "../../../src/sim/index.ts";
import type { Sample } from "../../../src/wire/index.ts";
import { until } from "../../wire/fixture-hub.ts";
import { FixtureSession, height, time } from "./fixture-session.ts";

/** Numbers of the first H1-2 in qpos; the companion's pelvis follows. */
const FIRST = 28;
const companion = (sample: Sample) => sample.field("qpos").slice(FIRST, FIRST + 3);

it("a session with a companion shows, drives, pushes, resets and records both robots", async () => {
  await using session = await FixtureSession.open({ companions: [{ robot: "h1_2", place: [0, 1.5, 0] }] });
  const { client } = session;
  expect(client.last("world")?.companions).toMatchObject([
    { name: "robot2", robot: { name: "h1_2" }, place: [0, 1.5, 0] },
  ]);
  expect(client.last("session")?.companions?.[0].ranges.map(({ name }) => name)).toEqual([
    "vx",
    "vy",
    "yawRate",
  ]);
  const first = await session.moment();
  expect(first.field("qpos").length).toBe(2 * FIRST);
  expect(companion(first)[1]).toBeCloseTo(1.5, 1);

  await expect(client.request({ op: "push", velocity: [1, 0, 0], robot: "robot3" })).rejects.toThrow(
    /robot3/,
  );

  await client.request({ op: "velocity", velocity: [0.5, 0, 0], robot: "robot2" });
  await client.request({ op: "speed", factor: 4 });
  const walked = await session.untilState((sample) => companion(sample)[0] > 0.4);
  expect(Math.abs(walked.field("basePos")[0])).toBeLessThan(0.15);
  expect([...walked.field("command")]).toEqual([0, 0, 0]);

  await client.request({ op: "record", isOn: true, name: "two" });
  await client.request({ op: "push", velocity: [0, 5, 0], robot: "robot2" });
  const fallen = await session.untilState((sample) => companion(sample)[2] < 0.4);
  expect(height(fallen)).toBeGreaterThan(0.9);
  expect(fallen.field("hasFallen")[0]).toBe(0);

  await client.request({ op: "reset" });
  const again = await session.untilState((sample) => time(sample) > 0 && time(sample) < 1);
  expect(companion(again)[2]).toBeGreaterThan(0.9);

  await client.request({ op: "record", isOn: false });
  await until(() => client.last("recorded") !== undefined);
  const recording = openRecording(new Uint8Array(readFileSync(join(session.folder, "two.mcap"))));
  using world = new ReplayWorld(await Engine.load(), recording);
  expect(replay(recording, world.plant)).toMatchObject({ verified: true });
});
