import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { UsageError } from "../../common/index.ts";
import { Hub, type HubHost, type HubOptions, SOCKET_PATH, SUBPROTOCOL } from "../../wire/index.ts";
import { packageVersion } from "../package-root.ts";
import { type AccessRules, isLoopback, needsToken, refusalOf } from "./doorkeeper.ts";

/** Answers a request, or says that it is not for it. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
) => boolean | Promise<boolean>;

export interface LiveServerOptions {
  /** Address to listen on; a loopback address needs no token. */
  readonly host: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** Default: a new one, where one is needed. */
  readonly token?: string | undefined;
  readonly origins?: readonly string[];
  /** Certificate and key, PEM. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** `process.hrtime` at which the server's clock is zero, ns; default: now. */
  readonly startNs?: bigint;
  /** Asked in order. */
  readonly routes?: readonly Route[];
  readonly hub?: Partial<Pick<HubOptions, "limits" | "maxClients" | "graceMs" | "onFault">>;
}

/** How often the hub is looked after, ms. */
const TICK_MS = 100;
/** Shared memory in pages needs the first two; the others keep what is served from being taken for something else. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
};

/** A hub on a port: the WebSocket at /ws, routes for the rest. Hold it with `await using`. */
export class LiveServer implements AsyncDisposable {
  readonly hub: Hub;
  /** What other machines have to present; undefined on a loopback address. */
  readonly token: string | undefined;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #rules: AccessRules;
  readonly #routes: readonly Route[];
  readonly #isSecure: boolean;
  readonly #tick: NodeJS.Timeout;

  private constructor(host: HubHost, options: LiveServerOptions) {
    const isOpen = !isLoopback(options.host);
    this.token = options.token ?? (isOpen ? randomBytes(12).toString("base64url") : undefined);
    this.#rules = { host: options.host, token: this.token, origins: options.origins ?? [] };
    this.#routes = options.routes ?? [];
    this.#isSecure = options.tls !== undefined;
    const startNs = options.startNs ?? process.hrtime.bigint();
    this.hub = new Hub(host, {
      ...options.hub,
      server: `contrapposto ${packageVersion()}`,
      nowNs: () => Number(process.hrtime.bigint() - startNs),
      secret: () => randomBytes(18).toString("base64url"),
      token: this.token,
    });
    const listener = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    this.#server =
      options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.hub.limits.messageBytes,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#tick = setInterval(() => this.hub.tick(), TICK_MS);
  }

  /** Starts listening. Throws `UsageError` where the address cannot be had. */
  static async start(host: HubHost, options: LiveServerOptions): Promise<LiveServer> {
    const server = new LiveServer(host, options);
    try {
      await listening(server.#server, options);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Address of the page, with the token where others need it. */
  get url(): string {
    const { host, token } = this.#rules;
    const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
    const query = token === undefined ? "" : `?token=${token}`;
    return `${this.#isSecure ? "https" : "http"}://${name}:${this.port}/${query}`;
  }

  /** Address of the WebSocket. */
  get socketUrl(): string {
    const url = new URL(SOCKET_PATH, this.url);
    url.protocol = this.#isSecure ? "wss:" : "ws:";
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#tick);
    this.hub.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy()); // somebody who left during the handshake
    const refusal = refusalOf(request, this.#rules);
    if (refusal !== undefined) refuseUpgrade(socket, 403, refusal);
    else if (urlOf(request).pathname !== SOCKET_PATH)
      refuseUpgrade(socket, 404, `The WebSocket is at ${SOCKET_PATH}.`);
    else
      this.#sockets.handleUpgrade(request, socket, head, (client) =>
        attach(this.hub, client, needsToken(request, this.#rules)),
      );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const url = urlOf(request);
    const refusal = refusalOf(request, this.#rules);
    if (refusal !== undefined) return say(response, 403, refusal);
    if (url.pathname.startsWith("/api/") && needsToken(request, this.#rules) && !this.#hasToken(request, url))
      return say(response, 401, "The token is missing or wrong.");
    try {
      for (const route of this.#routes) if (await route(request, response, url)) return;
      say(response, 404, "There is nothing here.");
    } catch {
      if (!response.headersSent) say(response, 500, "The server failed.");
      response.destroy();
    }
  }

  #hasToken({ headers }: IncomingMessage, url: URL): boolean {
    const given = url.searchParams.get("token") ?? headers.authorization?.replace(/^Bearer /, "") ?? "";
    const [a, b] = [given, this.token ?? ""].map((text) => Buffer.from(text));
    return a.length === b.length && timingSafeEqual(a, b);
  }
}

/** The request's path and query; a path that is none is taken for one that nobody has. */
function urlOf({ url = "/" }: IncomingMessage): URL {
  return URL.canParse(url, "http://x") ? new URL(url, "http://x") : new URL("http://x/unreadable");
}

/** Answers with one line of text. */
export function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

/** Connects a socket of the package `ws` to a hub. */
function attach(hub: Hub, socket: WebSocket, needsToken: boolean): void {
  const connection = hub.connect(socket, needsToken);
  socket.on("message", (data: Buffer, isBinary: boolean) =>
    isBinary ? connection.binary(data) : connection.text(data.toString()),
  );
  socket.on("pong", () => connection.heard());
  socket.on("close", (code) => connection.closed(code));
  socket.on("error", () => {}); // a close with the reason follows
}

function refuseUpgrade(socket: Duplex, status: 403 | 404, text: string): void {
  const reason = { 403: "Forbidden", 404: "Not Found" }[status];
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text) + 1}\r\n\r\n${text}\n`,
  );
}

function listening(server: Server, { host, port }: LiveServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const problem = cause.code === "EADDRINUSE" ? "is taken" : `cannot be had (${cause.code})`;
      reject(new UsageError(`Port ${port} on ${host} ${problem}.`, "Choose another with --port.", { cause }));
    });
    server.listen(port, host, resolve);
  });
}
