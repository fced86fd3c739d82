import { describe, expect, it } from "vitest";
import { Rng } from "../../src/common/index.ts";
import {
  encodeFrame,
  FRAME_TYPE,
  LinkLostError,
  type RefusedError,
  type Sample,
} from "../../src/wire/index.ts";
import { BareSocket, FixtureHub, POSE, until } from "./fixture-hub.ts";

const refused = (reason: string) => expect.objectContaining({ reason }) as RefusedError;

describe("a hub and its clients", () => {
  it("say hello, and tell a newcomer how things are", async () => {
    await using hub = await FixtureHub.open();
    hub.server.hub.broadcast({ op: "robotState", state: "ready", fault: null, timeNs: 5 });
    const client = await hub.client("Ada");
    await until(() => client.last("control") !== undefined && client.last("robotState") !== undefined);
    expect(client.last("welcome")).toMatchObject({ version: 1, clientId: "c1" });
    expect(client.last("streams")?.streams).toEqual([{ ...POSE, direction: "out", id: expect.any(Number) }]);
    expect(client.last("robotState")?.state).toBe("ready");
    expect(client.last("control")?.holder).toBeNull();
  });

  it("carry samples by name, as often as asked for, also after the streams were declared again", async () => {
    await using hub = await FixtureHub.open();
    const all = await hub.client("all");
    const half = await hub.client("half");
    const seen: Sample[] = [];
    const halfSeen: number[] = [];
    all.subscribe("pose", (sample) => seen.push(sample));
    half.subscribe("pose", ({ sequence }) => halfSeen.push(sequence), 50);
    await until(() => half.last("subscribed") !== undefined && all.last("subscribed") !== undefined);
    for (let i = 0; i < 4; i++) hub.server.hub.publish("pose", [i / 100, i, -i], 1000 + i);
    await until(() => seen.length === 4 && halfSeen.length === 2);
    expect([...seen[3].field("q")]).toEqual([3, -3]);
    expect(seen[3]).toMatchObject({ timeNs: 1003, sequence: 3, isDiscontinuous: false });
    expect(halfSeen).toEqual([0, 2]);

    hub.server.hub.declare([{ ...POSE, fields: [{ name: "q", size: 1, unit: "rad" }] }]);
    hub.server.hub.publish("pose", [7], 2000, 1);
    await until(() => seen.length === 5);
    expect([...seen[4].field("q")]).toEqual([7]);
    expect(seen[4].isDiscontinuous).toBe(true);
    expect(() => seen[4].field("time")).toThrow('no field in stream "pose" "time"');
  });

  it("keep each other's clocks", async () => {
    await using hub = await FixtureHub.open();
    const client = await hub.client("clock");
    await until(() => client.clock.isSynchronised);
    const difference = Math.abs(client.serverNowNs() - hub.server.hub.nowNs()) / 1e6;
    expect(difference).toBeLessThan(client.roundTripMs + 5);
  });

  it("answer what was asked with done or with a reason", async () => {
    await using hub = await FixtureHub.open();
    const client = await hub.client("Ada");
    await expect(client.request({ op: "pause", isPaused: true })).rejects.toEqual(refused("NOT_CONTROLLER"));
    await client.request({ op: "acquire" });
    await client.request({ op: "pause", isPaused: true });
    await expect(client.request({ op: "record", isOn: true })).rejects.toEqual(refused("UNSUPPORTED"));
    await expect(client.request({ op: "subscribe", stream: "nose" })).rejects.toEqual(refused("BAD_STREAM"));
    expect(hub.host.heard).toEqual([expect.objectContaining({ op: "pause", isPaused: true, by: "c1" })]);
  });

  it("pass actions of the declared layout on, the newest only", async () => {
    await using hub = await FixtureHub.open();
    const client = await hub.client("Ada");
    await expect(client.publish("targets", ["a", "b"], ["q"])).rejects.toEqual(refused("NOT_CONTROLLER"));
    await client.request({ op: "acquire" });
    const writer = await client.publish("targets", ["a", "b"], ["q"]);
    writer.send([0, 1, 2, 0.02, 3, 4], 77);
    await until(() => hub.host.actions.length === 1);
    expect(hub.host.actions[0]).toEqual({ values: [0, 1, 2, Math.fround(0.02), 3, 4], timeNs: 77, by: "c1" });
    expect(() => writer.send([0, 1])).toThrow("no rows");
  });

  it("drop reordered and repeated actions, and refuse those on somebody else's stream", async () => {
    await using hub = await FixtureHub.open();
    const thief = await hub.client("thief");
    const bare = await BareSocket.greet(hub.server.socketUrl);
    bare.say({ op: "acquire" });
    bare.say({ op: "publish", stream: "targets", joints: ["a"], fields: ["q"] });
    await until(() => bare.texts.some(({ op }) => op === "publishing"));
    const { stream } = bare.texts.find(({ op }) => op === "publishing") as { stream: { id: number } };
    const frame = (sequence: number) =>
      encodeFrame({ type: FRAME_TYPE.action, flags: 0, stream: stream.id, sequence, timeNs: 0 }, [
        0,
        sequence,
      ]);
    for (const sequence of [0xfffffffe, 0xffffffff, 0xfffffffe, 0, 0, 2, 1])
      bare.socket.send(frame(sequence));
    bare.socket.send(encodeFrame({ type: 1, flags: 0, stream: stream.id, sequence: 9, timeNs: 0 }, [0, 1]));
    await until(() => bare.texts.some(({ code }) => code === "BAD_STREAM"));
    expect(hub.host.actions.map(({ values }) => values[1])).toEqual(
      [0xfffffffe, 0xffffffff, 0, 2].map(Math.fround),
    );
    await expect(thief.publish("targets", ["a"], ["q"])).rejects.toEqual(refused("NOT_CONTROLLER"));
    expect(hub.host.actions.every(({ by }) => by === "c2")).toBe(true);
  });
});

describe("authority", () => {
  it("is one client's; a thief is refused, also with that client's id", async () => {
    await using hub = await FixtureHub.open();
    const [pilot, thief] = [await hub.client("pilot"), await hub.client("thief")];
    await pilot.request({ op: "acquire" });
    await expect(thief.request({ op: "acquire" })).rejects.toEqual(refused("NOT_CONTROLLER"));
    await expect(thief.request({ op: "velocity", velocity: [1, 0, 0] })).rejects.toEqual(
      refused("NOT_CONTROLLER"),
    );
    const forged = await BareSocket.greet(hub.server.socketUrl, { resume: pilot.clientId ?? "" });
    forged.say({ op: "velocity", velocity: [1, 0, 0], id: 1 });
    await until(() => forged.texts.some(({ code }) => code === "NOT_CONTROLLER"));
    expect(hub.host.heard).toEqual([]);
    expect(pilot.hasControl).toBe(true);
  });

  it("lapses when its holder falls silent, and the host hears of it", async () => {
    await using hub = await FixtureHub.open({ hub: { limits: { leaseMs: 150 } } });
    const watcher = await hub.client("watcher");
    const silent = await BareSocket.greet(hub.server.socketUrl);
    silent.say({ op: "acquire" });
    await until(() => watcher.last("control")?.holder?.name === "bare");
    await until(() => watcher.last("control")?.holder === null);
    expect(hub.host.losses).toBe(1);
    await watcher.request({ op: "acquire" });
  });

  it("passes at a take-over that nobody denies, and does not at one that is denied", async () => {
    await using hub = await FixtureHub.open({ hub: { graceMs: 200 } });
    const [pilot, heir, third] = [
      await hub.client("pilot"),
      await hub.client("heir"),
      await hub.client("third"),
    ];
    await pilot.request({ op: "acquire" });
    await heir.request({ op: "acquire", takeOver: true });
    await expect(third.request({ op: "acquire", takeOver: true })).rejects.toEqual(refused("BUSY"));
    await until(() => pilot.last("control")?.takeOver?.name === "heir");
    await pilot.request({ op: "deny" });
    await until(() => heir.last("error")?.code === "NOT_CONTROLLER");
    expect(pilot.hasControl).toBe(true);
    await heir.request({ op: "acquire", takeOver: true });
    await until(() => heir.hasControl && !pilot.hasControl);
    expect(hub.host.losses).toBe(1);
  });

  it("lets anybody stop the robot, and only the controller free it", async () => {
    await using hub = await FixtureHub.open();
    const [pilot, watcher] = [await hub.client("pilot"), await hub.client("watcher")];
    await pilot.request({ op: "acquire" });
    await watcher.request({ op: "estop", reason: "smoke" });
    await expect(pilot.request({ op: "velocity", velocity: [1, 0, 0] })).rejects.toEqual(refused("ESTOPPED"));
    expect(pilot.last("estop")).toMatchObject({ isActive: true, by: "watcher", reason: "smoke" });
    await expect(watcher.request({ op: "clearStop" })).rejects.toEqual(refused("NOT_CONTROLLER"));
    await pilot.request({ op: "clearStop" });
    await pilot.request({ op: "velocity", velocity: [1, 0, 0] });
    expect(hub.host.stops).toEqual([true, false]);
  });

  it("survives a reconnect within the lease", async () => {
    await using hub = await FixtureHub.open();
    const pilot = await hub.client("pilot");
    await pilot.request({ op: "acquire" });
    const seen: number[] = [];
    pilot.subscribe("pose", ({ values }) => seen.push(values[0]));
    await until(() => pilot.last("subscribed") !== undefined);
    const statuses: string[] = [];
    pilot.onStatus((status) => statuses.push(status));
    hub.server.hub.close();
    await expect(pilot.request({ op: "pause", isPaused: true })).rejects.toBeInstanceOf(LinkLostError);
    await until(() => pilot.hasControl);
    expect(statuses).toEqual(["lost", "open"]);
    expect(pilot.clientId).toBe("c1");
    expect(hub.host.losses).toBe(0);
    await until(() => pilot.last("subscribed") !== undefined);
    hub.server.hub.publish("pose", [42, 0, 0]);
    await until(() => seen.length === 1);
  });
});

describe("a hub under attack", () => {
  it("turns wrong versions and missing hellos away, and says why", async () => {
    await using hub = await FixtureHub.open();
    const wrong = await BareSocket.greet(hub.server.socketUrl, { versions: [7] });
    expect(await wrong.closed).toBe(4406);
    expect(wrong.texts[0]).toMatchObject({
      op: "error",
      code: "VERSION",
      problem: expect.stringContaining("7"),
    });
    const rude = new BareSocket(hub.server.socketUrl);
    await new Promise((resolve) => rude.socket.once("open", resolve));
    rude.say({ op: "acquire" });
    expect(await rude.closed).toBe(4400);
  });

  it("stays whole under garbage, oversize and floods", async () => {
    await using hub = await FixtureHub.open({
      hub: { limits: { messagesPerSecond: 200, messageBytes: 4096 } },
    });
    const honest = await hub.client("honest");
    await honest.request({ op: "acquire" });
    const rng = new Rng(3);

    const garbage = await BareSocket.greet(hub.server.socketUrl);
    for (let i = 0; i < 30; i++)
      garbage.socket.send(Uint8Array.from({ length: rng.integer(60) }, () => rng.integer(256)));
    expect(await garbage.closed).toBe(4400);
    expect(garbage.texts.some(({ code }) => code === "BAD_FRAME")).toBe(true);

    const large = await BareSocket.greet(hub.server.socketUrl);
    large.socket.send("x".repeat(5000));
    expect(await large.closed).toBe(1009);

    const flood = await BareSocket.greet(hub.server.socketUrl);
    for (let i = 0; i < 10_000; i++) flood.say({ op: "ping", clientTimeNs: i });
    expect(await flood.closed).toBe(4429);
    expect(flood.texts.some(({ code }) => code === "RATE")).toBe(true);

    expect(honest.hasControl).toBe(true);
    await honest.request({ op: "pause", isPaused: true });
    expect(hub.host.heard.map(({ by }) => by)).toEqual(["c1"]);
  });
});
