import { describe, expect, it } from "vitest";
import { LiveServer } from "../../../src/app/server/live-server.ts";
import { TrainingHost } from "../../../src/app/server/training/training-host.ts";
import { type Sample, WireClient } from "../../../src/wire/index.ts";
import { openTiny, tinyConfig } from "../../policies/almi/tiny-stage.ts";
import { SOCKET, until } from "../../wire/fixture-hub.ts";

describe("a look into a training run", () => {
  it("shows any environment with its rewards while it trains, and pushes it", async () => {
    await using trainer = await openTiny(tinyConfig("lower"), { workers: 2 });
    using host = await TrainingHost.open({ run: "run", stage: "lower", ...trainer.window });
    await using server = await LiveServer.start(host, { host: "127.0.0.1", port: 0 });
    host.attach(server.hub);
    const client = new WireClient({
      url: server.socketUrl,
      socket: SOCKET,
      name: "watcher",
      nowMs: () => performance.now(),
    });
    await client.connect();
    const states: Sample[] = [];
    const rewards: Sample[] = [];
    client.subscribe("state", (sample) => states.push(sample));
    client.subscribe("reward", (sample) => rewards.push(sample));
    await client.request({ op: "acquire" });
    await client.request({ op: "peek", environment: 3 });
    let isTraining = true;
    const training = (async () => {
      while (isTraining) host.iterated((await trainer.iterate()).iteration);
    })();
    try {
      await until(() => states.length > 3 && rewards.length > 3);
      expect(client.last("world")).toMatchObject({ kind: "training", robot: { name: "h1_2" } });
      expect(client.last("training")).toMatchObject({ environments: 4, environment: 3 });
      const [first] = states;
      expect(first.field("q").length).toBe(21);
      expect(first.field("basePos")[2]).toBeGreaterThan(0.3);
      expect([...first.field("qpos").subarray(0, 3)]).toEqual([...first.field("basePos")]);
      expect(rewards.some((sample) => sample.values.some((value) => value !== 0))).toBe(true);
      expect(rewards[0].reader.declaration.fields.map(({ name }) => name)).toContain("track_lin_vel");
      await client.request({ op: "push", velocity: [0, 0, 6] });
      await until(() => states.some((sample) => sample.field("qvel")[2] > 4), "a flight");
      await expect(client.request({ op: "peek", environment: 4 })).rejects.toThrow("0 to 3");
      await expect(client.request({ op: "pause", isPaused: true })).rejects.toThrow("training run");
      await expect(client.request({ op: "estop" })).rejects.toThrow("no robot to stop");
      await until(() => (client.last("training")?.iteration ?? 0) > 0);
    } finally {
      isTraining = false;
      await training;
      client.close();
    }
  });
});
