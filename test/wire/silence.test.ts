import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { LiveServer } from "../../src/app/server/live-server.ts";
import { WireClient } from "../../src/wire/index.ts";
import { BareSocket, FixtureHub, NotingHost, SOCKET, until } from "./fixture-hub.ts";

const LIMITS = {
  messageBytes: 1000,
  messagesPerSecond: 100,
  leaseMs: 1000,
  heartbeatMs: 250,
  silenceMs: 1000,
};

function clientOf(url: string): WireClient {
  const nowMs = () => performance.now();
  return new WireClient({ url, socket: SOCKET, name: "client", nowMs, retryMs: [20, 100] });
}

describe("silence", () => {
  it("of a server that still holds the connection is noticed within about a second", async () => {
    const mute = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    mute.on("connection", (socket) =>
      socket.send(
        JSON.stringify({
          ...{ op: "welcome", version: 1, server: "mute", clientId: "c1", resume: "r", timeNs: 0 },
          limits: LIMITS,
        }),
      ),
    );
    await once(mute, "listening");
    const client = clientOf(`ws://127.0.0.1:${(mute.address() as AddressInfo).port}/ws`);
    await client.connect();
    const began = performance.now();
    await until(() => client.status === "lost");
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(performance.now() - began).toBeLessThan(2500);
    client.close();
    mute.close();
    for (const socket of mute.clients) socket.terminate();
  });

  it("is not what a client's own standstill is: it first hears what came meanwhile", async () => {
    await using hub = await FixtureHub.open();
    const client = await hub.client("slow");
    const statuses: string[] = [];
    client.onStatus((status) => statuses.push(status));
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.send({ op: "subscribe", stream: "pose" });
    hub.server.hub.publish("pose", [0, 1, 2]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(statuses).toEqual([]);
  });

  it("of a client is noticed, ends its control and is told to the others", async () => {
    await using hub = await FixtureHub.open();
    const watcher = await hub.client("watcher");
    const frozen = await BareSocket.greet(hub.server.socketUrl);
    frozen.say({ op: "acquire" });
    await until(() => watcher.last("control")?.holder?.name === "bare");
    frozen.socket.pause(); // answers no ping any more, as a stopped process
    const began = performance.now();
    await until(() => watcher.last("control")?.holder === null);
    expect(performance.now() - began).toBeLessThan(2500);
    await until(() => watcher.last("clients")?.clients.some((c) => c.name === "bare" && c.isSilent) === true);
  });

  it("after a server's death ends when it is there again on its port", async () => {
    const options = { host: "127.0.0.1", port: 0 };
    const first = await LiveServer.start(new NotingHost(), options);
    const { port, socketUrl } = first;
    const client = clientOf(socketUrl);
    await client.connect();
    await first[Symbol.asyncDispose]();
    await until(() => client.status === "lost");
    await using _second = await LiveServer.start(new NotingHost(), { ...options, port });
    await until(() => client.status === "open");
    await client.request({ op: "acquire" });
    expect(client.hasControl).toBe(true);
    client.close();
  });
});
