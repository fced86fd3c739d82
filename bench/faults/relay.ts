import type { AddressInfo } from "node:net";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import type { Rng } from "../../src/common/index.ts";

/** What a bad network does to the action frames of a client. */
export interface Weather {
  /** Share of frames that are lost, 0 to 1. */
  readonly loss: number;
  /** Frames are late by 0 to so many ms, each by its own, so they overtake each other. */
  readonly jitterMs: number;
  /** Share of frames that come twice. */
  readonly duplicates: number;
}

/** Stands between a client and a bridge and does to messages what a network does to datagrams; text passes as it is. */
export class Relay implements AsyncDisposable {
  weather: Weather = { loss: 0, jitterMs: 0, duplicates: 0 };
  /** Neither forwards nor closes: a half-open connection. */
  isDead = false;
  readonly #server: WebSocketServer;
  readonly #rng: Rng;

  private constructor(server: WebSocketServer, upstream: string, rng: Rng) {
    this.#server = server;
    this.#rng = rng;
    server.on("connection", (client) => this.#connect(client, upstream));
  }

  static async open(upstream: string, rng: Rng): Promise<Relay> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0, path: "/ws", perMessageDeflate: false });
    await new Promise((resolve) => server.once("listening", resolve));
    return new Relay(server, upstream, rng);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws`;
  }

  /** Cuts every connection, as a pulled cable with a reset does. */
  cut(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(client: WebSocket, upstream: string): void {
    const server = new WebSocket(upstream, ["contrapposto"], { perMessageDeflate: false });
    const early: [RawData, boolean][] = [];
    client.on("message", (data, isBinary) => {
      if (server.readyState !== WebSocket.OPEN) early.push([data, isBinary]);
      else this.#forward(server, data, isBinary);
    });
    server.on("open", () => {
      for (const [data, isBinary] of early) server.send(data, { binary: isBinary });
    });
    server.on("message", (data, isBinary) => !this.isDead && client.send(data, { binary: isBinary }));
    server.on("close", () => client.terminate());
    client.on("close", () => !this.isDead && server.terminate());
    for (const socket of [client, server]) socket.on("error", () => {});
  }

  #forward(to: WebSocket, data: RawData, isBinary: boolean): void {
    if (this.isDead) return;
    if (!isBinary) {
      to.send(data, { binary: false });
      return;
    }
    const { loss, jitterMs, duplicates } = this.weather;
    if (this.#rng.uniform(0, 1) < loss) return;
    const copies = this.#rng.uniform(0, 1) < duplicates ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const late = this.#rng.uniform(0, jitterMs);
      const send = () => to.readyState === WebSocket.OPEN && to.send(data, { binary: true });
      if (late === 0) send();
      else setTimeout(send, late);
    }
  }
}
