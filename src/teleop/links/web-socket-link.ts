import { setTimeout as sleep } from "node:timers/promises";
import { eventLoopTurn, UsageError } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import {
  type ActionWriter,
  type ClientSocketConstructor,
  type Sample,
  WireClient,
} from "../../wire/index.ts";
import { ROBOT_STREAM } from "../bridge/bridge-streams.ts";
import { LinkClosedError, NoAnswerError } from "../errors.ts";
import { copySentCommand, createSentCommand } from "../loop/motor-loop.ts";
import { readSample, sampleSize } from "../loop/sample-layout.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { RobotLink, SentCommand } from "../robot-link.ts";
import { copyRobotState, createRobotState, type RobotState } from "../robot-state.ts";
import type { Phase, PhaseRequest } from "../safety/phase.ts";
import { createTargetChunk, setSingleTarget, type TargetChunk } from "../safety/target-chunk.ts";

export interface WebSocketLinkOptions {
  /** Such as ws://robot:8765/ws. */
  readonly url: string;
  readonly socket: ClientSocketConstructor;
  readonly name: string;
  readonly token?: string | undefined;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** Samples a second; default: all. */
  readonly rateHz?: number;
  /** Asks whoever has control to give it up. */
  readonly takeOver?: boolean;
}

const FIELDS = ["q", "dq", "tau", "kp", "kd"] as const;
const ARRIVAL_MS = 5000;
/** Without a sample for so long the robot counts as gone, ms. */
const SILENCE_MS = 1000;

/** A robot behind a bridge at the other end of a socket. The bridge guards it; what is here sends and listens. */
export class WebSocketLink implements RobotLink {
  readonly robot: RobotSpec;
  readonly client: WireClient;
  readonly imuBody = "torso";
  readonly state: RobotState;
  readonly sent: SentCommand;
  readonly #nowMs: () => number;
  readonly #writer: ActionWriter;
  readonly #chunk: TargetChunk;
  readonly #latestState: RobotState;
  readonly #latestSent: SentCommand;
  #heardMs: number;

  private constructor(
    robot: RobotSpec,
    client: WireClient,
    writer: ActionWriter,
    options: WebSocketLinkOptions,
  ) {
    this.robot = robot;
    this.client = client;
    this.#writer = writer;
    this.#nowMs = options.nowMs;
    this.#heardMs = options.nowMs();
    this.state = createRobotState(robot);
    this.sent = createSentCommand(robot);
    this.#latestState = createRobotState(robot);
    this.#latestSent = createSentCommand(robot);
    this.#chunk = createTargetChunk(robot);
    client.subscribe(ROBOT_STREAM, (sample) => this.#take(sample), options.rateHz);
  }

  /**
   * Says which robot a bridge is beside, without control of it. Throws `RefusedError`, `UsageError` and `NoAnswerError` as
   * `open` does.
   */
  static async robotAt(options: WebSocketLinkOptions): Promise<RobotSpec> {
    const client = new WireClient({ ...options, token: options.token });
    try {
      await connected(client, options.url);
      return await robotOf(client, options);
    } finally {
      client.close();
    }
  }

  /**
   * Connects, takes control, and waits for the first state. Whoever has control must not stand still: load policies
   * before. Throws `RefusedError` where the bridge says no, `UsageError` where the server is no bridge, `NoAnswerError`
   * where there is none, `LinkClosedError` where nothing is heard any more.
   */
  static async open(options: WebSocketLinkOptions): Promise<WebSocketLink> {
    const client = new WireClient({ ...options, token: options.token });
    try {
      await connected(client, options.url);
      await client.request({ op: "acquire", takeOver: options.takeOver ?? false });
      const robot = await robotOf(client, options);
      const deadline = options.nowMs() + ARRIVAL_MS;
      while (!client.hasControl && options.nowMs() < deadline) await sleep(5);
      const names = robot.joints.map(({ name }) => name);
      const link = new WebSocketLink(robot, client, await client.publish("targets", names, FIELDS), options);
      while (link.#latestState.sequence === 0 && options.nowMs() < deadline) await sleep(2);
      await link.waitUntil(link.now());
      return link;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** What was heard last, ahead of `state` and `sent`, which wait for `waitUntil`. Kept and overwritten. */
  get heard(): { readonly state: RobotState; readonly sent: SentCommand } {
    return { state: this.#latestState, sent: this.#latestSent };
  }

  /** The bridge's clock, s. */
  now(): number {
    return this.client.serverNowNs() / 1e9;
  }

  async waitUntil(time: number): Promise<void> {
    for (let wait = time - this.now(); wait > 0; wait = time - this.now()) {
      this.#assertOpen();
      await sleep(Math.max(1, Math.ceil(1000 * wait)));
    }
    if (this.#silenceMs > SILENCE_MS) await eventLoopTurn(); // what arrived while this thread stood still
    if (this.#silenceMs > SILENCE_MS)
      throw new LinkClosedError(`nothing was heard for ${Math.round(this.#silenceMs)} ms`);
    this.#assertOpen();
    copyLatest(this.#latestState, this.#latestSent, this);
  }

  send(targets: MotorCommand): SentCommand {
    setSingleTarget(this.#chunk, targets, 0, this.now());
    return this.sendChunk(this.#chunk);
  }

  sendChunk(chunk: TargetChunk): SentCommand {
    this.#assertOpen();
    const joints = this.robot.joints.length;
    const width = 1 + FIELDS.length * joints;
    const rows = new Float32Array(chunk.count * width);
    const start = Math.min(this.now(), chunk.time[0]);
    for (let point = 0; point < chunk.count; point++) {
      const at = point * width;
      rows[at] = chunk.time[point] - start;
      const part = (values: Float64Array) => values.subarray(point * joints, (point + 1) * joints);
      const fields = [part(chunk.q), part(chunk.dq), part(chunk.tau), chunk.kp, chunk.kd];
      for (const [k, values] of fields.entries()) rows.set(values, at + 1 + k * joints);
    }
    this.#writer.send(rows, 1e9 * start);
    return this.sent;
  }

  request(request: PhaseRequest): void {
    // A reset after an emergency stop ends the stop itself; after another fault there is none to end.
    if (request === "reset" && this.client.last("estop")?.isActive === true)
      this.client.send({ op: "clearStop" });
    else this.client.send({ op: "transition", to: TARGET_PHASE[request] });
  }

  stop(): void {
    this.client.send({ op: "estop", reason: "" });
  }

  /** Gives control up; the bridge then damps a robot that moves or stands. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
  }

  #take({ values }: Sample): void {
    if (values.length !== sampleSize(this.robot)) return;
    readSample(values, 0, this.#latestState, this.#latestSent);
    this.#heardMs = this.#nowMs();
  }

  get #silenceMs(): number {
    return this.#nowMs() - this.#heardMs;
  }

  #assertOpen(): void {
    const { status } = this.client;
    if (status !== "open") throw new LinkClosedError(`the connection is ${status}`);
    if (this.client.hasControl) return;
    const holder = this.client.last("control")?.holder?.name;
    throw new LinkClosedError(
      holder === undefined ? "its lease has lapsed; this side was silent" : `${holder} has control`,
    );
  }
}

const TARGET_PHASE: Readonly<Record<PhaseRequest, Phase>> = {
  relax: "passive",
  damp: "damping",
  stand: "standing-up",
  run: "running",
  reset: "damping",
};

function copyLatest(
  state: RobotState,
  sent: SentCommand,
  to: { state: RobotState; sent: SentCommand },
): void {
  copyRobotState(state, to.state);
  copySentCommand(sent, to.sent);
}

/** The robot that a bridge has declared. */
async function robotOf(client: WireClient, { url, nowMs }: WebSocketLinkOptions): Promise<RobotSpec> {
  const deadline = nowMs() + ARRIVAL_MS;
  const isBridge = () => client.last("streams")?.streams.some(({ name }) => name === ROBOT_STREAM) === true;
  while (!(client.last("world") !== undefined && isBridge()) && nowMs() < deadline) await sleep(5);
  const world = client.last("world");
  if (world?.kind === "robot" && isBridge()) return world.robot;
  throw new UsageError(`${url} is no bridge to a robot.`, "Start one with contrapposto bridge.");
}

async function connected(client: WireClient, url: string): Promise<void> {
  const connecting = client.connect();
  connecting.catch(() => {});
  const late = sleep(ARRIVAL_MS, undefined, { ref: false }).then(() => {
    throw new NoAnswerError(url, client.trouble);
  });
  await Promise.race([connecting, late]);
}
