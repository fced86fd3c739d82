import { describe, expect, it } from "vitest";
import type { Sample, StreamPlan, WireClient } from "../../src/wire/index.ts";
import { BareSocket, FixtureHub, until } from "./fixture-hub.ts";

const WIDE: StreamPlan = {
  name: "wide",
  layout: "record",
  rateHz: 1000,
  fields: [{ name: "x", size: 4000, unit: "" }],
};

describe("a crowd of clients", () => {
  it("all get every sample, though one of them never reads and is told what it missed", async () => {
    await using hub = await FixtureHub.open();
    hub.server.hub.declare([WIDE]);
    const seen = new Map<WireClient, Sample[]>();
    for (let i = 0; i < 20; i++) {
      const client = await hub.client(`viewer ${i}`);
      const samples: Sample[] = [];
      seen.set(client, samples);
      client.subscribe("wide", (sample) => samples.push(sample));
    }
    const stuck = await BareSocket.greet(hub.server.socketUrl);
    stuck.say({ op: "subscribe", stream: "wide" });
    await until(() => stuck.texts.some(({ op }) => op === "subscribed"));
    await until(() => [...seen.keys()].every((client) => client.last("subscribed") !== undefined));
    stuck.socket.pause();

    const values = new Float32Array(4000);
    let slowest = 0;
    for (let i = 0; i < 600; i++) {
      values[0] = i;
      const began = performance.now();
      hub.server.hub.publish("wide", values);
      slowest = Math.max(slowest, performance.now() - began);
      await until(() => [...seen.values()].every((samples) => samples.length === i + 1), `sample ${i}`);
    }
    expect(slowest).toBeLessThan(100);
    for (const samples of seen.values()) {
      expect(samples.map(({ sequence }) => sequence)).toEqual([...Array(600).keys()]);
      expect(samples[599].field("x")[0]).toBe(599);
    }

    await until(() => hub.server.hub.size === 21);
    stuck.socket.resume();
    const told = () => {
      const report = stuck.texts.filter(({ op }) => op === "link").at(-1);
      return report as { sent: number; dropped: { wide: number } } | undefined;
    };
    await until(() => (told()?.sent ?? 0) + (told()?.dropped.wide ?? 0) >= 598, "a report of all drops");
    expect(told()?.dropped.wide).toBeGreaterThan(0);
    expect(stuck.binary).toBeLessThan(600);
  });

  it("hold back for a client that acknowledges slowly, and the newest sample wins", async () => {
    await using hub = await FixtureHub.open();
    const slow = await BareSocket.greet(hub.server.socketUrl);
    slow.say({ op: "subscribe", stream: "pose" });
    await until(() => slow.texts.some(({ op }) => op === "subscribed"));
    const newest: number[] = [];
    slow.socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) newest.push(data.readFloatLE(24));
    });
    const acknowledge = async (received: number) => {
      slow.say({ op: "ping", clientTimeNs: 0, received, id: received });
      await until(() => slow.texts.some(({ op, id }) => op === "done" && id === received));
      await new Promise((resolve) => setTimeout(resolve, 30)); // the rate is measured over time
    };
    await acknowledge(0);
    slow.say({ op: "ping", clientTimeNs: 0, received: 0, id: 1000 });
    await until(() => slow.texts.some(({ id }) => id === 1000));
    for (let i = 0; i < 100; i++) hub.server.hub.publish("pose", [i, 0, 0]);
    await until(() => newest.length === 32);
    slow.say({ op: "ping", clientTimeNs: 0, received: 32 });
    await until(() => newest.length === 33);
    expect(newest[32]).toBe(99);
    await until(() => slow.texts.some(({ op }) => op === "link"));
    expect(slow.texts.find(({ op }) => op === "link")).toMatchObject({ dropped: { pose: 67 } });
  });
});
