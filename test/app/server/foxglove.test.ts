import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { FoxgloveServer } from "../../../src/app/server/foxglove-server.ts";
import { until } from "../../wire/fixture-hub.ts";
import { FixtureSession } from "./fixture-session.ts";

interface Channel {
  readonly id: number;
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
  readonly schema: string;
}

/** A client by the public specification: JSON ops as text, opcode 1 with subscription, time and payload as binary. */
class FoxgloveClient {
  readonly socket: WebSocket;
  readonly ops: Record<string, unknown>[] = [];
  readonly messages: { subscription: number; timeNs: bigint; value: Record<string, unknown> }[] = [];
  status = 0;

  constructor(port: number, protocols: string[], headers: Record<string, string> = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/`, protocols, { headers });
    this.socket.on("unexpected-response", (_, { statusCode }) => (this.status = statusCode ?? 0));
    this.socket.on("error", () => {});
    this.socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (!isBinary) {
        this.ops.push(JSON.parse(data.toString()));
        return;
      }
      expect(data.readUInt8(0)).toBe(1);
      this.messages.push({
        subscription: data.readUInt32LE(1),
        timeNs: data.readBigUInt64LE(5),
        value: JSON.parse(data.subarray(13).toString()),
      });
    });
  }

  get channels(): Channel[] {
    return (this.ops.filter(({ op }) => op === "advertise").at(-1)?.channels ?? []) as Channel[];
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

describe("the server for Foxglove", () => {
  it.each([
    [["foxglove.websocket.v1"], "foxglove.websocket.v1"],
    [["foxglove.sdk.v1", "foxglove.websocket.v1"], "foxglove.sdk.v1"],
  ])("speaks to a client that offers %j", async (offered, chosen) => {
    await using session = await FixtureSession.open();
    await using foxglove = await FoxgloveServer.start("test", 0, {
      host: "127.0.0.1",
      token: undefined,
      origins: [],
    });
    session.showTopics(foxglove);
    await session.client.request({ op: "load", seed: 1 }); // everything is announced again
    const client = new FoxgloveClient(foxglove.port, offered);
    await until(() => client.channels.length > 0);
    expect(client.socket.protocol).toBe(chosen);
    expect(client.ops[0]).toMatchObject({ op: "serverInfo", name: "test", capabilities: [] });
    const topics = new Map(client.channels.map((channel) => [channel.topic, channel]));
    expect([...topics.keys()]).toEqual(expect.arrayContaining(["/scene", "/tf", "/joints", "/velocity"]));
    for (const { encoding, schema } of client.channels) {
      expect(encoding).toBe("json");
      expect(JSON.parse(schema).type).toBe("object");
    }
    const subscriptions = ["/scene", "/tf", "/joints"].map((topic, i) => ({
      id: 10 + i,
      channelId: topics.get(topic)?.id,
    }));
    client.say({ op: "subscribe", subscriptions });
    await until(() => [10, 11, 12].every((id) => client.messages.some((m) => m.subscription === id)));
    const of = (id: number) => client.messages.filter(({ subscription }) => subscription === id)[0];
    expect(of(10).value.entities).toEqual(
      expect.arrayContaining([expect.objectContaining({ frame_id: "pelvis" })]),
    );
    expect((of(11).value.transforms as object[]).length).toBeGreaterThan(15);
    expect((of(12).value.joints as { name: string }[]).length).toBe(21);
    expect(of(12).timeNs).toBeGreaterThan(0n);
    client.say({ op: "unsubscribe", subscriptionIds: [10, 11, 12] });
    await until(() => !foxglove.isWatched);
    client.say({ op: "advertise", channels: [] });
    await until(() => client.ops.some(({ op }) => op === "status"));
    client.socket.close();
  });

  it("is shut to strangers and to other protocols", async () => {
    await using foxglove = await FoxgloveServer.start("test", 0, {
      host: "127.0.0.1",
      token: undefined,
      origins: [],
    });
    const protocols = ["foxglove.websocket.v1"];
    const evil = new FoxgloveClient(foxglove.port, protocols, { Origin: "http://evil.example" });
    const sandboxed = new FoxgloveClient(foxglove.port, protocols, { Origin: "null" });
    const other = new FoxgloveClient(foxglove.port, ["mqtt"]);
    const desktop = new FoxgloveClient(foxglove.port, protocols, { Origin: "file://" });
    await until(() => evil.status === 403 && sandboxed.status === 403 && other.status === 400);
    await until(() => desktop.ops.length > 0);
  });
});
