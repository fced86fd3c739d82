import { WebSocket } from "ws";
import { LiveServer, type LiveServerOptions } from "../../src/app/server/live-server.ts";
import {
  type ClientIdentity,
  type ClientSocketConstructor,
  type Frame,
  type HostMessage,
  type HubHost,
  RefusedError,
  type StreamPlan,
  WireClient,
} from "../../src/wire/index.ts";

/** Remembers what reached it. */
export class NotingHost implements HubHost {
  readonly heard: (HostMessage & { by: string })[] = [];
  readonly actions: { values: number[]; timeNs: number; by: string }[] = [];
  readonly stops: boolean[] = [];
  losses = 0;

  handle(message: HostMessage, client: ClientIdentity): void {
    if (message.op === "record") throw new RefusedError("UNSUPPORTED", "Nothing to record.", "Don't.");
    this.heard.push({ ...message, by: client.clientId });
  }
  stop(isActive: boolean): void {
    this.stops.push(isActive);
  }
  controlLost(): void {
    this.losses++;
  }
  accept({
    joints,
    fields,
    stream,
  }: {
    joints: readonly string[];
    fields: readonly string[];
    stream: string;
  }) {
    const sized = fields.map((name) => ({ name, size: joints.length, unit: "rad" }));
    return { name: stream, rateHz: 500, fields: [{ name: "time", size: 1, unit: "s" }, ...sized] };
  }
  act({ values, timeNs }: Frame, _: unknown, { clientId }: ClientIdentity): void {
    this.actions.push({ values: [...values], timeNs, by: clientId });
  }
}

export const POSE: StreamPlan = {
  name: "pose",
  layout: "record",
  rateHz: 100,
  fields: [
    { name: "time", size: 1, unit: "s" },
    { name: "q", size: 2, unit: "rad", labels: ["left", "right"] },
  ],
};

export const SOCKET = WebSocket as unknown as ClientSocketConstructor;

/** A hub on a free port of 127.0.0.1, and clients of it; all ends with it. */
export class FixtureHub implements AsyncDisposable {
  readonly host: NotingHost;
  readonly server: LiveServer;
  readonly #clients: WireClient[] = [];

  private constructor(host: NotingHost, server: LiveServer) {
    this.host = host;
    this.server = server;
  }

  static async open(options: Partial<LiveServerOptions> = {}): Promise<FixtureHub> {
    const host = new NotingHost();
    const server = await LiveServer.start(host, { host: "127.0.0.1", port: 0, ...options });
    server.hub.declare([POSE]);
    return new FixtureHub(host, server);
  }

  async client(name: string, options: { url?: string; token?: string } = {}): Promise<WireClient> {
    const client = this.clientUnconnected(name, options);
    await client.connect();
    return client;
  }

  clientUnconnected(name: string, options: { url?: string; token?: string } = {}): WireClient {
    const client = new WireClient({
      url: this.server.socketUrl,
      socket: SOCKET,
      name,
      nowMs: () => performance.now(),
      retryMs: [20, 100],
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server[Symbol.asyncDispose]();
  }
}

/** A bare socket that says what it is told, and what came back. */
export class BareSocket {
  readonly socket: WebSocket;
  readonly texts: Record<string, unknown>[] = [];
  binary = 0;
  readonly closed: Promise<number>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, { headers, autoPong: true });
    this.socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.binary++;
      else this.texts.push(JSON.parse(data.toString()));
    });
    this.closed = new Promise((resolve) => this.socket.on("close", resolve));
    this.socket.on("error", () => {});
  }

  static async greet(url: string, hello: object = {}): Promise<BareSocket> {
    const bare = new BareSocket(url);
    await new Promise((resolve) => bare.socket.once("open", resolve));
    bare.say({ op: "hello", versions: [1], name: "bare", ...hello });
    return bare;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}

/** Resolves once a condition holds; fails after five seconds. */
export async function until(condition: () => boolean, what = "condition", withinMs = 5000): Promise<void> {
  const started = performance.now();
  while (!condition()) {
    if (performance.now() - started > withinMs)
      throw new Error(`${what} did not come about within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
