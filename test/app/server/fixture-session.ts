import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LiveServer } from "../../../src/app/server/live-server.ts";
import { policiesRoute, recordingsRoute, worldsRoute } from "../../../src/app/server/routes.ts";
import { SessionHost, type TopicViewer } from "../../../src/app/server/session/session-host.ts";
import type { SessionSetup } from "../../../src/app/server/session/session-link.ts";
import { PlantConfig } from "../../../src/sim/index.ts";
import { type Sample, WireClient } from "../../../src/wire/index.ts";
import { SOCKET, until } from "../../wire/fixture-hub.ts";

/** A session behind a server on a free port of 127.0.0.1, with one client that has control. */
export class FixtureSession implements AsyncDisposable {
  readonly folder: string;
  readonly host: SessionHost;
  readonly server: LiveServer;
  readonly client: WireClient;
  readonly states: Sample[] = [];
  #seen = 0;

  private constructor(folder: string, host: SessionHost, server: LiveServer) {
    this.folder = folder;
    this.host = host;
    this.server = server;
    this.client = this.newClient("pilot");
  }

  static async open(setup: Partial<SessionSetup> = {}): Promise<FixtureSession> {
    const folder = mkdtempSync(join(tmpdir(), "contrapposto-live-"));
    const startNs = process.hrtime.bigint();
    const host = new SessionHost({
      robot: "h1_2",
      model: undefined,
      scene: "flat",
      seed: 0,
      plant: PlantConfig.parse({}),
      policies: [],
      preset: undefined,
      deploy: undefined,
      motion: undefined,
      amplitude: 1,
      command: [0, 0, 0],
      recordings: folder,
      record: undefined,
      startNs,
      ...setup,
    });
    await host.opened;
    const routes = [
      worldsRoute(host.worlds),
      recordingsRoute(folder),
      policiesRoute((name, bytes) => host.shelve(name, bytes)),
    ];
    const hub = { limits: { leaseMs: 60_000, silenceMs: 60_000 } }; // on a busy machine a second is soon over
    const server = await LiveServer.start(host, { host: "127.0.0.1", port: 0, startNs, routes, hub });
    host.attach(server.hub);
    const fixture = new FixtureSession(folder, host, server);
    await fixture.client.connect();
    await fixture.client.request({ op: "acquire" });
    fixture.client.subscribe("state", (sample) => fixture.states.push(sample));
    await fixture.moment();
    return fixture;
  }

  /** Shows the session's topics too. */
  showTopics(viewer: TopicViewer): void {
    this.host.attach(this.server.hub, viewer);
  }

  newClient(name: string): WireClient {
    return new WireClient({
      url: this.server.socketUrl,
      socket: SOCKET,
      name,
      nowMs: () => performance.now(),
    });
  }

  /** The next state that comes. */
  async moment(): Promise<Sample> {
    this.#seen = this.states.length;
    return await this.untilState(() => true);
  }

  /** The first state that fulfils a condition, of those after the last one that was waited for. */
  async untilState(condition: (sample: Sample) => boolean): Promise<Sample> {
    const find = () => this.states.findIndex((sample, i) => i >= this.#seen && condition(sample));
    await until(() => find() >= 0, "such a state");
    const found = find();
    this.#seen = found + 1;
    return this.states[found];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.server[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }
}

export const time = (sample: Sample): number => sample.field("time")[0];
export const height = (sample: Sample): number => sample.field("basePos")[2];
