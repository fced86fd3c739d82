import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import type { Topic } from "../../sim/index.ts";
import { type AccessRules, needsToken, refusalOf } from "./doorkeeper.ts";
import type { TopicViewer } from "./session/session-host.ts";

/** The two names under which Foxglove and Lichtblick ask for one and the same set of messages; the newer one first. */
const SUBPROTOCOLS = ["foxglove.sdk.v1", "foxglove.websocket.v1"] as const;
/** Pages of Foxglove itself. Its desktop application and Lichtblick's have origins that are no web pages. */
const FOXGLOVE_ORIGINS = ["https://app.foxglove.dev", "https://studio.foxglove.dev"];
/** A client with so much under way misses what comes, bytes. */
const HIGH_WATER = 1024 * 1024;
/** Topics whose last message is sent to whoever subscribes later: they do not come again by themselves. */
const LATCHED: ReadonlySet<string> = new Set(["/scene"]);
const MESSAGE_DATA = 1;
const MESSAGE_HEADER_BYTES = 13;

const ClientMessage = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("subscribe"),
    subscriptions: z.array(z.object({ id: z.int().min(0).max(0xffffffff), channelId: z.int() })).max(256),
  }),
  z.object({ op: z.literal("unsubscribe"), subscriptionIds: z.array(z.int()).max(256) }),
]);

interface Channel {
  readonly id: number;
  readonly topic: Topic;
  last: { readonly timeNs: bigint; readonly text: string } | undefined;
}

/** Subscription ids of one client, by channel. */
type Subscriptions = Map<number, number>;

/**
 * Serves topics to Foxglove and Lichtblick; they watch and change nothing. Hold it with `await using`.
 *
 * @see https://github.com/foxglove/ws-protocol/blob/main/docs/spec.md
 */
export class FoxgloveServer implements TopicViewer, AsyncDisposable {
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #rules: AccessRules;
  readonly #name: string;
  readonly #clients = new Map<WebSocket, Subscriptions>();
  #channels: ReadonlyMap<string, Channel> = new Map();
  #nextId = 1;
  #session = 0;

  private constructor(name: string, rules: AccessRules) {
    this.#name = name;
    this.#rules = { ...rules, origins: [...rules.origins, ...FOXGLOVE_ORIGINS] };
    this.#server = createServer((_, response) => response.writeHead(426).end("Connect with Foxglove.\n"));
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: 64 * 1024,
      perMessageDeflate: false,
      handleProtocols: (offered) => SUBPROTOCOLS.find((name) => offered.has(name)) ?? false,
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens on the address of the rules. Throws `UsageError` where the port cannot be had. */
  static async start(name: string, port: number, rules: AccessRules): Promise<FoxgloveServer> {
    const server = new FoxgloveServer(name, rules);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", (cause: NodeJS.ErrnoException) =>
        reject(
          new UsageError(`Port ${port} for Foxglove cannot be had (${cause.code}).`, "See --foxglove-port.", {
            cause,
          }),
        ),
      );
      server.#server.listen(port, rules.host, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get isWatched(): boolean {
    for (const subscriptions of this.#clients.values()) if (subscriptions.size > 0) return true;
    return false;
  }

  announce(topics: readonly Topic[]): void {
    const old = [...this.#channels.values()].map(({ id }) => id);
    this.#channels = new Map(
      topics.map((topic) => [topic.topic, { id: this.#nextId++, topic, last: undefined }]),
    );
    this.#session++;
    for (const [client, subscriptions] of this.#clients) {
      subscriptions.clear();
      if (old.length > 0) client.send(JSON.stringify({ op: "unadvertise", channelIds: old }));
      client.send(this.#advertisement());
    }
  }

  show(topic: string, timeNs: bigint, text: string): void {
    const channel = this.#channels.get(topic);
    if (channel === undefined) return;
    if (LATCHED.has(topic)) channel.last = { timeNs, text };
    for (const [client, subscriptions] of this.#clients) {
      const subscription = subscriptions.get(channel.id);
      if (subscription !== undefined && client.bufferedAmount < HIGH_WATER)
        client.send(messageData(subscription, timeNs, text));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients.keys()) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const offered = request.headers["sec-websocket-protocol"] ?? "";
    if (isWebPage(request) && refusalOf(request, this.#rules) !== undefined) refuse(socket, "403 Forbidden");
    else if (needsToken(request, this.#rules) && tokenOf(request) !== this.#rules.token)
      refuse(socket, "401 Unauthorized");
    else if (!SUBPROTOCOLS.some((name) => offered.includes(name))) refuse(socket, "400 Bad Request");
    else this.#sockets.handleUpgrade(request, socket, head, (client) => this.#greet(client));
  }

  #greet(client: WebSocket): void {
    const subscriptions: Subscriptions = new Map();
    this.#clients.set(client, subscriptions);
    client.on("message", (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.#take(client, subscriptions, data.toString());
    });
    client.on("close", () => this.#clients.delete(client));
    client.on("error", () => {}); // a close follows
    client.send(
      JSON.stringify({
        op: "serverInfo",
        name: this.#name,
        capabilities: [],
        sessionId: String(this.#session),
      }),
    );
    client.send(this.#advertisement());
  }

  #take(client: WebSocket, subscriptions: Subscriptions, text: string): void {
    const message = ClientMessage.safeParse(parseJson(text));
    if (!message.success) {
      const problem = "This server takes subscribe and unsubscribe alone.";
      client.send(JSON.stringify({ op: "status", level: 1, message: problem }));
    } else if (message.data.op === "unsubscribe") {
      const ended = new Set(message.data.subscriptionIds);
      for (const [channel, id] of subscriptions) if (ended.has(id)) subscriptions.delete(channel);
    } else {
      for (const { id, channelId } of message.data.subscriptions)
        this.#subscribe(client, subscriptions, id, channelId);
    }
  }

  #subscribe(client: WebSocket, subscriptions: Subscriptions, id: number, channelId: number): void {
    const channel = [...this.#channels.values()].find((candidate) => candidate.id === channelId);
    if (channel === undefined) {
      client.send(JSON.stringify({ op: "status", level: 2, message: `There is no channel ${channelId}.` }));
      return;
    }
    subscriptions.set(channelId, id);
    if (channel.last !== undefined) client.send(messageData(id, channel.last.timeNs, channel.last.text));
  }

  #advertisement(): string {
    const channels = Array.from(this.#channels.values(), ({ id, topic: { topic, schemaName, schema } }) => ({
      id,
      topic,
      encoding: "json",
      schemaName,
      schema: JSON.stringify(schema),
      schemaEncoding: "jsonschema",
    }));
    return JSON.stringify({ op: "advertise", channels });
  }
}

/** Opcode, subscription, time in ns, payload. */
function messageData(subscription: number, timeNs: bigint, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(MESSAGE_HEADER_BYTES);
  header.writeUInt8(MESSAGE_DATA, 0);
  header.writeUInt32LE(subscription, 1);
  header.writeBigUInt64LE(timeNs, 5);
  return Buffer.concat([header, payload]);
}

/** Desktop applications have no origin, or one such as file://. Only web pages can be hostile strangers. */
function isWebPage({ headers: { origin } }: IncomingMessage): boolean {
  return origin === undefined || origin === "null" || /^https?:/.test(origin);
}

function tokenOf({ url = "/" }: IncomingMessage): string | null {
  return URL.canParse(url, "http://x") ? new URL(url, "http://x").searchParams.get("token") : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused as what it is: no message
  }
}
