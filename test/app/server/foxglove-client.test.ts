import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { runServer } from "../../viewer/support/run-server.ts";
import { until } from "../../wire/fixture-hub.ts";

/** Folder in whose node_modules Foxglove's package is. */
const FOLDER = process.env.CONTRAPPOSTO_FOXGLOVE_CLIENT;

interface Channel {
  readonly id: number;
  readonly topic: string;
  readonly encoding: string;
  readonly schemaName: string;
}

/** What we use of Foxglove's own client. */
interface Client {
  on(event: "advertise", listener: (channels: readonly Channel[]) => void): void;
  on(event: "serverInfo", listener: (info: { readonly name: string }) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  on(
    event: "message",
    listener: (message: { subscriptionId: number; timestamp: bigint; data: DataView }) => void,
  ): void;
  subscribe(channel: number): number;
  close(): void;
}

it("Foxglove's own client reads what play --foxglove serves", { timeout: 90_000 }, async (context) => {
  if (FOLDER === undefined)
    return context.skip(
      "npm install --prefix DIR @foxglove/ws-protocol, and set CONTRAPPOSTO_FOXGLOVE_CLIENT=DIR",
    );
  const { FoxgloveClient } = createRequire(`${FOLDER}/`)("@foxglove/ws-protocol") as {
    FoxgloveClient: (new (options: { ws: WebSocket }) => Client) & { readonly SUPPORTED_SUBPROTOCOL: string };
  };
  const port = await freePort();
  const flags = ["--port", "0", "--foxglove", "--foxglove-port", String(port), "--companion", "h1_2"];
  await using _server = await runServer("play", ...flags);
  const ws = new WebSocket(`ws://127.0.0.1:${port}/`, [FoxgloveClient.SUPPORTED_SUBPROTOCOL]);
  const client = new FoxgloveClient({ ws });
  const channels = new Map<string, Channel>();
  const topicOf = new Map<number, string>();
  const seen = new Map<string, { readonly timestamp: bigint; readonly value: Record<string, never> }>();
  const problems: string[] = [];
  let server = "";
  client.on("error", ({ message }) => problems.push(message));
  client.on("serverInfo", ({ name }) => (server = name));
  client.on("advertise", (added) => {
    for (const channel of added) {
      channels.set(channel.topic, channel);
      topicOf.set(client.subscribe(channel.id), channel.topic);
    }
  });
  client.on("message", ({ subscriptionId, timestamp, data }) => {
    const text = new TextDecoder().decode(data as DataView<ArrayBuffer>);
    seen.set(topicOf.get(subscriptionId) ?? "", { timestamp, value: JSON.parse(text) });
  });
  await until(
    () => ["/scene", "/tf", "/joints", "/velocity"].every((topic) => seen.has(topic)),
    "all topics",
  );
  expect(server).toBe("contrapposto h1_2");
  expect(channels.get("/tf")).toMatchObject({ encoding: "json", schemaName: "foxglove.FrameTransforms" });
  expect(seen.get("/joints")?.value.joints).toHaveLength(21);
  const frames = (seen.get("/tf")?.value.transforms as { child_frame_id: string }[] | undefined) ?? [];
  expect(frames.map(({ child_frame_id }) => child_frame_id)).toEqual(
    expect.arrayContaining(["pelvis", "robot2/pelvis"]),
  );
  expect(seen.get("/tf")?.timestamp).toBeGreaterThan(0n);
  expect(problems).toEqual([]);
  client.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
