import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writePolicyFile } from "../../../src/policies/index.ts";
import {
  compileWorld,
  Engine,
  ModelArchive,
  openRecording,
  PlantConfig,
  ReplayWorld,
  type RobotSpec,
  replay,
} from "../../../src/sim/index.ts";
import type { Sample } from "../../../src/wire/index.ts";
import { legSpec, linearBytes } from "../../policies/small-policy.ts";
import { ROOT } from "../../support/run-cli.ts";
import { until } from "../../wire/fixture-hub.ts";
import { FixtureSession, height, time } from "./fixture-session.ts";

const WALK = join(ROOT, "../shared/data/policies/almi_h1_2_lower.onnx");

describe("a live session", () => {
  it("runs in real time and is seen as it happens", async () => {
    await using session = await FixtureSession.open();
    const first = await session.moment();
    const later = await session.untilState((sample) => time(sample) >= time(first) + 1);
    const seconds = (later.timeNs - first.timeNs) / 1e9;
    expect(seconds).toBeGreaterThan(0.85);
    expect(seconds).toBeLessThan(1.5);
    expect(height(later)).toBeGreaterThan(0.9);
    await until(() => session.client.clock.isSynchronised);
    const age = session.client.ageMs(await session.moment());
    expect(age).toBeGreaterThan(-1);
    expect(age).toBeLessThan(100);
  });

  it("describes a world from which a client compiles the very model", async () => {
    await using session = await FixtureSession.open({ scene: "rough:2", seed: 5 });
    const world = session.client.last("world");
    if (world?.model === undefined) throw new Error("no model is described");
    const response = await fetch(new URL(world.model.url, session.server.url));
    const archive = new ModelArchive(new Uint8Array(await response.arrayBuffer()));
    const { scene, robotMain } = world.model;
    const compiled = compileWorld(
      await Engine.load(),
      {
        robot: world.robot as RobotSpec,
        robotModel: archive.model("robot", robotMain),
        sceneName: world.sceneName,
        scene: typeof scene === "string" ? archive.model("scene", scene) : scene,
      },
      PlantConfig.parse(world.plant),
    );
    using model = compiled.model;
    expect(model.hash()).toBe(world.modelHash);
    const qpos = (await session.moment()).field("qpos");
    expect(qpos.length).toBe(model.sizes.nq);
  });

  it("says what each reward term of the legs pays, whoever controls them", async () => {
    await using session = await FixtureSession.open();
    const rewards: Sample[] = [];
    session.client.subscribe("reward", (sample) => rewards.push(sample));
    await until(() => rewards.length > 20);
    const sample = rewards[rewards.length - 1];
    expect(sample.field("alive")[0]).toBeCloseTo(0.15 * 0.02, 8);
    expect(sample.field("torques")[0]).toBeLessThan(0);
    expect(sample.field("track_lin_vel")[0]).toBeGreaterThan(0.03);
    expect(sample.field("track_lin_vel")[0]).toBeLessThanOrEqual(0.04 + 1e-8);
  });

  it("ends with the engine's words where its model does not compile", async () => {
    const folder = mkdtempSync(join(tmpdir(), "contrapposto-broken-"));
    const model = join(folder, "broken.xml");
    writeFileSync(model, "<mujoco>\n<worldbody><body><geom size='-1'/></body></worldbody></mujoco>");
    await expect(FixtureSession.open({ model })).rejects.toThrow(/broken\.xml|size/);
    rmSync(folder, { recursive: true });
  });

  it("refuses what is asked of it after its end", async () => {
    const ended = await FixtureSession.open();
    await ended[Symbol.asyncDispose]();
    await expect(ended.host.shelve("late.onnx", new Uint8Array(1))).rejects.toThrow(
      "The simulation has ended",
    );
  });

  it("pauses, steps, changes its speed and resets", async () => {
    await using session = await FixtureSession.open();
    const { client } = session;
    await expect(client.request({ op: "step", count: 1 })).rejects.toThrow("running");
    await client.request({ op: "pause", isPaused: true });
    const paused = session.states[session.states.length - 1];
    await client.request({ op: "step", count: 3 });
    const stepped = await session.untilState(
      (sample) => sample.field("step")[0] === paused.field("step")[0] + 3,
    );
    expect(time(stepped)).toBeCloseTo(time(paused) + 0.06, 5);
    await client.request({ op: "reset", seed: 3 });
    const restarted = await session.untilState((sample) => sample.isDiscontinuous);
    expect(time(restarted)).toBe(0);
    expect(client.last("session")).toMatchObject({ isPaused: true, seed: 3 });
    await client.request({ op: "speed", factor: 4 });
    await client.request({ op: "pause", isPaused: false });
    const began = await session.moment();
    const ended = await session.untilState((sample) => time(sample) >= time(began) + 2);
    expect((ended.timeNs - began.timeNs) / 1e9).toBeLessThan(1.2);
  });

  it("is pushed, pulled and stopped", async () => {
    await using session = await FixtureSession.open();
    const { client } = session;
    await client.request({ op: "push", velocity: [0, 0.15, 0] });
    await session.untilState((sample) => sample.field("baseLinVel")[1] > 0.05);
    await expect(client.request({ op: "force", body: "nose", force: [1, 0, 0] })).resolves.toBeUndefined();
    client.send({ op: "force", body: "pelvis", force: [0, 0, 900] });
    await session.untilState((sample) => height(sample) > 1.1);
    await client.request({ op: "reset" });
    await client.request({ op: "estop", reason: "test" });
    await until(() => client.last("robotState")?.state === "damping");
    await session.untilState((sample) => height(sample) < 0.7 && sample.field("hasFallen")[0] === 1);
    await client.request({ op: "clearStop" });
    await client.request({ op: "reset" });
    await session.untilState((sample) => time(sample) > 0.2 && height(sample) > 0.95);
  });

  it("changes robot and scene while it runs, and says what cannot be had", async () => {
    await using session = await FixtureSession.open();
    const { client } = session;
    const before = client.last("streams")?.streams[0].id;
    await client.request({ op: "load", robot: "h1", scene: "stairs:1", seed: 2 });
    expect(client.last("world")).toMatchObject({ robot: { name: "h1" }, sceneName: "stairs:1" });
    expect(client.last("streams")?.streams[0].id).not.toBe(before);
    expect((await session.untilState((s) => s.field("q").length === 19)).isDiscontinuous).toBe(true);
    await expect(client.request({ op: "load", scene: "moon" })).rejects.toThrow('no scene "moon"');
    await expect(client.request({ op: "motion", motion: "moonwalk" })).rejects.toThrow("no motion");
    await expect(client.request({ op: "policy", policies: ["nobody"] })).rejects.toThrow(
      'no policy "nobody"',
    );
    await expect(client.request({ op: "transition", to: "ready" })).rejects.toThrow("robots");
    await client.request({ op: "motion", motion: "wave_right" });
    expect(client.last("session")?.motion).toEqual({ name: "wave_right", amplitude: 1 });
    await session.untilState((s) => Math.max(...s.field("reference").map(Math.abs)) > 1);
  });

  it("records what replays bit for bit, with all that was done to it", async () => {
    await using session = await FixtureSession.open();
    const { client } = session;
    await client.request({ op: "record", isOn: true, name: "pushed" });
    await expect(client.request({ op: "record", isOn: true })).rejects.toThrow("pushed.mcap");
    await client.request({ op: "push", velocity: [0.1, 0, 0] });
    client.send({ op: "force", body: "torso_link", force: [20, 0, 0], point: [0, 0, 0.3] });
    const start = time(await session.moment());
    await session.untilState((sample) => time(sample) > start + 0.6);
    await client.request({ op: "reset", seed: 8 });
    await session.untilState((sample) => time(sample) > 0.1 && time(sample) < 0.5);
    await client.request({ op: "record", isOn: false });
    const recorded = client.last("recorded");
    const response = await fetch(new URL(recorded?.url ?? "", session.server.url));
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBe(recorded?.bytes);
    const recording = openRecording(bytes);
    using world = new ReplayWorld(await Engine.load(), recording);
    expect(replay(recording, world.plant)).toMatchObject({ verified: true });
    expect(recording.seconds).toBeGreaterThan(0.6);
  });

  it.skipIf(!existsSync(WALK))("takes a policy that a client sends, and walks by it", async () => {
    await using session = await FixtureSession.open();
    const { client } = session;
    const url = new URL("/api/policies?name=walk", session.server.url);
    const bad = await fetch(url, { method: "POST", body: "no policy" });
    expect(bad.status).toBe(422);
    const sent = await fetch(url, { method: "POST", body: readFileSync(WALK) });
    const { policy, instead, changes } = (await sent.json()) as Record<string, unknown>;
    expect({ policy, instead }).toEqual({ policy: "walk", instead: "lower h1_2" });
    expect((changes as unknown[]).length).toBeGreaterThan(0);
    await until(() => client.last("catalogue")?.policies.some(({ id }) => id === "walk") === true);
    await client.request({ op: "policy", policies: ["walk"] });
    await client.request({ op: "reset" });
    expect(client.last("session")?.ranges.map(({ name }) => name)).toEqual(["vx", "vy", "yawRate"]);
    const terms: string[] = [];
    client.subscribe("observation", ({ reader }) => terms.push(reader.declaration.fields[0].name));
    await client.request({ op: "speed", factor: 4 });
    client.send({ op: "velocity", velocity: [9, 0, 0] });
    const walked = await session.untilState((sample) => sample.field("basePos")[0] > 0.8);
    expect(walked.field("command")[0]).toBeLessThan(1.5);
    expect(height(walked)).toBeGreaterThan(0.85);
    expect(terms[0]).toContain(".");
    client.close();
    await until(() => session.server.hub.controller === undefined);
    const watcher = session.newClient("watcher");
    await watcher.connect();
    let command = Number.NaN;
    watcher.subscribe("state", (sample) => (command = sample.field("command")[0]));
    await until(() => command === 0, "an end of the command");
    watcher.close();
  });

  it("lets a policy file that was written anew take over where it runs, and only there", async () => {
    const reaching = (high: number) =>
      writePolicyFile(linearBytes(), legSpec({ commands: [{ name: "vx", low: -0.5, high }] }));
    await using session = await FixtureSession.open();
    const { client, host } = session;
    const range = () => client.last("session")?.ranges.find(({ name }) => name === "vx")?.high;
    await host.renew("newest", reaching(0.5));
    expect(range()).not.toBe(0.5);
    await client.request({ op: "policy", policies: ["newest"] });
    await until(() => range() === 0.5, "the policy's range");
    await host.renew("newest", reaching(0.25));
    await until(() => range() === 0.25, "the new policy's range");
    await expect(host.renew("newest", new Uint8Array(3))).rejects.toThrow(/not a policy/);
    expect(range()).toBe(0.25);
  });
});
