import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { loadSafety } from "../../src/app/robot-safety.ts";
import { LiveServer } from "../../src/app/server/live-server.ts";
import { loadWorld } from "../../src/app/worlds.ts";
import {
  createMotorCommand,
  createTargetChunk,
  type FaultCause,
  type MotorCommand,
  type Phase,
} from "../../src/teleop/index.ts";
import { Bridge, monotonicClock, WebSocketLink } from "../../src/teleop/node.ts";
import type { ClientSocketConstructor } from "../../src/wire/index.ts";

/** A bridge on a free port to a robot simulated in real time, which a case of the fault matrix may do anything to. */
export class Rig implements AsyncDisposable {
  readonly bridge: Bridge;
  readonly server: LiveServer;

  private constructor(bridge: Bridge, server: LiveServer) {
    this.bridge = bridge;
    this.server = server;
  }

  /**
   * @param isTethered never lets the robot off its band, for cases that last longer than it stands without a policy
   * @param host address that the bridge listens on; any but a loopback address wants `server.token`
   */
  static async open(isTethered: boolean, host = "127.0.0.1"): Promise<Rig> {
    const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 0 });
    const { envelope, geometry } = await loadSafety(world.robot);
    const bridge = await Bridge.open(
      { kind: "sim", world, isTethered },
      {
        geometry,
        envelope: { ...envelope, standUpSeconds: 0.5, maxLateness: 1 },
        authority: "body",
        isDryRun: false,
        realtime: undefined,
      },
      monotonicClock(() => performance.now()),
    );
    const server = await LiveServer.start(bridge, { host, port: 0 });
    bridge.serve(server.hub);
    return new Rig(bridge, server);
  }

  get url(): string {
    return this.server.socketUrl;
  }

  get phase(): Phase {
    return this.bridge.newest.sent.phase;
  }

  get fault(): FaultCause {
    return this.bridge.newest.sent.fault;
  }

  /** A controller that has brought the robot to running. */
  async controller(url = this.url): Promise<Controller> {
    const controller = new Controller(await openLink(url, "controller"));
    await controller.start();
    return controller;
  }

  /** Whether the motors brake or are off and the robot hardly moves: what no case may end without. */
  get isDamped(): boolean {
    const { command, phase } = this.bridge.newest.sent;
    return (
      (phase === "fault" || phase === "damping") &&
      Math.max(...command.kp) === 0 &&
      Math.min(...command.kd) > 0
    );
  }

  /** Lets things break just after a command has come: what is measured from then on is what the breaking does. */
  async afterCommand(): Promise<void> {
    const { sequence } = this.bridge.newest.sent;
    for (let i = 0; i < 200 && this.bridge.newest.sent.sequence === sequence; i++) await sleep(1);
    if (this.phase !== "running")
      throw new Error(`The robot was ${this.phase} before anything broke: ${this.fault}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.bridge[Symbol.asyncDispose]();
  }
}

export function openLink(url: string, name: string, token?: string): Promise<WebSocketLink> {
  const socket = WebSocket as unknown as ClientSocketConstructor;
  return WebSocketLink.open({ url, socket, name, token, nowMs: () => performance.now() });
}

/** Between two targets of a chunk, s. */
const CHUNK_STEP = 0.05;
/** How controllers send chunks: how many targets, and every how many of their periods of 20 ms. */
export const CHUNKS = {
  /** 1.2 s ahead: carries a robot over a bad network. */
  long: { points: 25, every: 5 },
  /** 0.2 s ahead: carries it over what a busy machine takes from everybody, such as 50 ms of each second. */
  short: { points: 5, every: 1 },
} as const;

/** Asks for the default pose at 50 Hz, until a case has it do something else. */
export class Controller implements AsyncDisposable {
  readonly link: WebSocketLink;
  readonly targets: MotorCommand;
  /** What it does each 20 ms. */
  act: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: WebSocketLink) {
    this.link = link;
    this.targets = createMotorCommand(link.robot);
    for (const [j, joint] of link.robot.joints.entries()) {
      this.targets.q[j] = joint.default;
      this.targets.kp[j] = joint.kp;
      this.targets.kd[j] = joint.kd;
    }
    this.act = () => void this.link.send(this.targets);
  }

  async start(): Promise<void> {
    const { link } = this;
    for (const [request, phase] of [
      ["damp", "damping"],
      ["stand", "ready"],
      ["run", "running"],
    ] as const) {
      link.request(request);
      if (request === "run") this.#timer = setInterval(() => this.#tick(), 20);
      for (let i = 0; i < 400 && link.sent.phase !== phase; i++) await link.waitUntil(link.now() + 0.01);
      if (link.sent.phase !== phase)
        throw new Error(
          `The robot is ${link.sent.phase} (${link.sent.fault}, ${link.sent.refusal}), not ${phase}.`,
        );
    }
    await sleep(300);
  }

  /** From now on it sends chunks, so that the robot has targets left where none come. */
  sendChunks(kind: keyof typeof CHUNKS): void {
    const { link, targets } = this;
    const { points, every } = CHUNKS[kind];
    const chunk = createTargetChunk(link.robot);
    chunk.count = points;
    for (const field of ["kp", "kd"] as const) chunk[field].set(targets[field]);
    for (let point = 0; point < points; point++) chunk.q.set(targets.q, point * targets.q.length);
    let turn = 0;
    this.act = () => {
      if (turn++ % every !== 0) return;
      const now = link.now();
      for (let point = 0; point < points; point++) chunk.time[point] = now + CHUNK_STEP * point;
      link.sendChunk(chunk);
    };
  }

  silence(): void {
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.silence();
    await this.link[Symbol.asyncDispose]();
  }

  #tick(): void {
    try {
      this.act();
    } catch {
      this.silence(); // the link is gone; the robot's side deals with that
    }
  }
}
