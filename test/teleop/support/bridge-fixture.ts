import { WebSocket } from "ws";
import { LiveServer, type LiveServerOptions } from "../../../src/app/server/live-server.ts";
import { Bridge } from "../../../src/teleop/bridge/bridge.ts";
import { WebSocketLink, type WebSocketLinkOptions } from "../../../src/teleop/links/web-socket-link.ts";
import { monotonicClock } from "../../../src/teleop/loop/monotonic.ts";
import type { ClientSocketConstructor } from "../../../src/wire/index.ts";
import { h12Safety, h12World } from "./sim-world.ts";

/** A bridge to a robot simulated in real time, on a free port. */
export class BridgeFixture implements AsyncDisposable {
  readonly bridge: Bridge;
  readonly server: LiveServer;

  private constructor(bridge: Bridge, server: LiveServer) {
    this.bridge = bridge;
    this.server = server;
  }

  /** @param isTethered never lets the robot off its band, for tests of what else may go wrong */
  static async open(options: Partial<LiveServerOptions> = {}, isTethered = false): Promise<BridgeFixture> {
    const bridge = await Bridge.open(
      { kind: "sim", world: h12World, isTethered },
      { ...h12Safety, authority: "body", isDryRun: false },
      monotonicClock(() => performance.now()),
    );
    const server = await LiveServer.start(bridge, { host: "127.0.0.1", port: 0, ...options });
    bridge.serve(server.hub);
    return new BridgeFixture(bridge, server);
  }

  link(options: Partial<WebSocketLinkOptions> = {}): Promise<WebSocketLink> {
    return openLink({ url: this.server.socketUrl, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.bridge[Symbol.asyncDispose]();
  }
}

export function openLink(options: Partial<WebSocketLinkOptions> & { url: string }): Promise<WebSocketLink> {
  return WebSocketLink.open(linkOptions(options));
}

export function linkOptions(options: Partial<WebSocketLinkOptions> & { url: string }): WebSocketLinkOptions {
  const socket = WebSocket as unknown as ClientSocketConstructor;
  return { socket, name: "test", nowMs: () => performance.now(), ...options };
}
