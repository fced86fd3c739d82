import type { RobotSpec } from "../../sim/index.ts";
import {
  type ActionRequest,
  type Frame,
  type HostMessage,
  type Hub,
  type HubHost,
  type ModelDescription,
  RefusedError,
  type StreamDeclaration,
} from "../../wire/index.ts";
import { LinkObserver } from "../control/link-observer.ts";
import type { LoopChannel, LoopReport } from "../loop/loop-channel.ts";
import { createSentCommand } from "../loop/motor-loop.ts";
import { robotOf, type Transport } from "../loop/open-port.ts";
import type { LoopConfig } from "../loop/run-motor-loop.ts";
import { type RunningLoop, startLoop } from "../loop/start-loop.ts";
import type { SentCommand } from "../robot-link.ts";
import { createRobotState, type RobotState } from "../robot-state.ts";
import type { PhaseRequest } from "../safety/phase.ts";
import { createTargetChunk, type TargetChunk } from "../safety/target-chunk.ts";
import { ActionDecoder, actionLayout } from "./action-decoder.ts";
import { RobotStream, ViewerStream } from "./bridge-streams.ts";

/** How often the loop hears that we are alive even where it says nothing itself, ms. */
const HEARTBEAT_MS = 50;
/** Samples that tell nothing new are handed on only so often, s. */
const SAMPLE_PERIOD = 0.0019;
const HEALTH_SECONDS = 1;
/** Sequences of clients that are remembered, to say which of their frames was answered. */
const REMEMBERED = 4096;

/**
 * The server beside the robot: takes targets of the one controller from a hub to the motor loop, and the loop's samples to
 * all observers. The motors never wait for it: the loop runs in a thread of its own.
 */
export class Bridge implements HubHost, AsyncDisposable {
  readonly robot: RobotSpec;
  /** Sees every sample of the motor loop, in order; both are kept and overwritten. */
  watch: ((state: RobotState, sent: SentCommand) => void) | undefined;
  readonly #transport: Transport;
  readonly #loop: RunningLoop;
  readonly #now: () => number;
  readonly #state: RobotState;
  readonly #sent: SentCommand;
  readonly #chunk: TargetChunk;
  readonly #robotStream: RobotStream;
  readonly #viewerStream: ViewerStream;
  readonly #observer: LinkObserver;
  readonly #decoders = new WeakMap<StreamDeclaration, ActionDecoder>();
  readonly #clientSequence = new Int32Array(REMEMBERED);
  #hub: Hub | undefined;
  readonly #over = new AbortController();
  #heart: NodeJS.Timeout | undefined;
  #published = { state: 0, answer: 0, time: Number.NEGATIVE_INFINITY };
  #sequence = 0;
  #said = "";
  #healthTime = 0;

  private constructor(transport: Transport, loop: RunningLoop, now: () => number) {
    this.robot = robotOf(transport);
    this.#transport = transport;
    this.#loop = loop;
    this.#now = now;
    this.#state = createRobotState(this.robot);
    this.#sent = createSentCommand(this.robot);
    this.#chunk = createTargetChunk(this.robot);
    this.#robotStream = new RobotStream(this.robot);
    this.#viewerStream = new ViewerStream(this.robot);
    this.#observer = new LinkObserver({ robot: this.robot, state: this.#state, imuBody: loop.imuBody });
  }

  /**
   * Gets the motors. Throws `RobotMissingError` where the robot is not there.
   *
   * @param now s, as `monotonicClock` makes it
   */
  static async open(transport: Transport, config: LoopConfig, now: () => number): Promise<Bridge> {
    return new Bridge(transport, await startLoop(transport, config), now);
  }

  /** Id of the world that clients see. */
  get worldId(): string {
    return `robot-${this.robot.name}`;
  }

  /** Resolves when the motor loop has ended; rejects with the reason where it failed. */
  get ended(): Promise<void> {
    return this.#loop.ended;
  }

  get report(): LoopReport {
    return this.#loop.channel.report;
  }

  /** Samples that no observer was offered because this thread was late. */
  get lostSamples(): number {
    return this.#loop.channel.lostSamples;
  }

  /** The newest state and what was sent, kept and overwritten. */
  get newest(): { readonly state: RobotState; readonly sent: SentCommand } {
    return { state: this.#state, sent: this.#sent };
  }

  /**
   * Begins to serve: declares the world and the streams, and hands on samples until it is disposed.
   *
   * @param model where clients find the files that say what the robot looks like
   */
  serve(hub: Hub, model?: ModelDescription): void {
    this.#hub = hub;
    const transport = this.#transport;
    const { hardware, imuSite, joints, footBodies, kneeBodies, ...rest } = this.robot;
    hub.broadcast({
      op: "world",
      worldId: this.worldId,
      kind: "robot",
      robot: {
        ...rest,
        joints: joints.map((joint) => ({ ...joint, range: [...joint.range] })),
        footBodies: [...footBodies],
        kneeBodies: [...kneeBodies],
        ...(imuSite === undefined ? {} : { imuSite }),
        ...(hardware === undefined ? {} : { hardware }),
      },
      sceneName: transport.kind === "sim" ? transport.world.sceneName : "",
      controlTimestep: 0.02,
      ...(model === undefined ? {} : { model }),
    });
    hub.declare([this.#robotStream.plan, this.#viewerStream.plan]);
    this.#heart = setInterval(() => this.#handOn(hub), HEARTBEAT_MS);
    void this.#channel.onSample(() => this.#handOn(hub), this.#over.signal);
  }

  /** Damps at once, whoever is in control. */
  stop(isActive: boolean): void {
    if (isActive) this.#channel.stop();
    else this.#channel.request("reset");
  }

  controlLost(): void {
    this.#channel.leaseLost();
  }

  handle(message: HostMessage): void {
    if (message.op === "transition") this.#channel.request(this.#requestFor(message.to));
    else if (message.op === "reset" && this.#transport.kind === "sim") this.#channel.restart();
    else
      throw new RefusedError(
        "UNSUPPORTED",
        `A robot does not do "${message.op}".`,
        "Send joint targets, or ask for a transition.",
      );
  }

  accept(request: ActionRequest): Omit<StreamDeclaration, "id" | "direction" | "layout"> {
    return actionLayout(this.robot, request);
  }

  act({ values, sequence, timeNs }: Frame, declaration: StreamDeclaration): void {
    let decoder = this.#decoders.get(declaration);
    if (decoder === undefined) {
      decoder = new ActionDecoder(this.robot, declaration);
      this.#decoders.set(declaration, decoder);
    }
    const start = timeNs === 0 ? this.#now() : this.#now() + (timeNs - this.#hubNowNs()) / 1e9;
    decoder.decode({ values }, start, this.#chunk);
    this.#chunk.sequence = ++this.#sequence;
    this.#clientSequence[this.#sequence % REMEMBERED] = sequence + 1;
    this.#channel.offer(this.#chunk);
  }

  /** Damps until the robot is at rest, then ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.end();
    await this.#loop.ended.catch(() => {});
    clearInterval(this.#heart);
    this.#over.abort();
  }

  get #channel(): LoopChannel {
    return this.#loop.channel;
  }

  #hubNowNs(): number {
    return this.#hub?.nowNs() ?? 0;
  }

  #requestFor(to: (typeof REQUESTS)[number][0]): PhaseRequest {
    if (to === "damping" && this.#sent.phase === "fault") return "reset";
    const request = REQUESTS.find(([phase]) => phase === to)?.[1];
    if (request !== undefined) return request;
    throw new RefusedError("BAD_VALUE", `Nobody asks for "${to}".`, "Send estop.");
  }

  #handOn(hub: Hub): void {
    this.#channel.beat();
    const [state, sent] = [this.#state, this.#sent];
    while (this.#channel.next(state, sent)) {
      this.watch?.(state, sent);
      // The loop counts all chunks; a client knows its own numbers.
      if (sent.sequence > 0) sent.sequence = this.#clientSequence[sent.sequence % REMEMBERED] % 2 ** 24;
      this.#publish(hub);
    }
    this.#tell(hub);
  }

  /** Observers get the rate that they asked for: ticks that a command brought forward are told only for their answer. */
  #publish(hub: Hub): void {
    const [state, sent, last] = [this.#state, this.#sent, this.#published];
    const now = this.#now();
    const hasState = state.sequence !== last.state;
    if (!hasState && sent.sequence === last.answer && now - last.time < SAMPLE_PERIOD) return;
    const timeNs = Math.max(0, Math.floor(hub.nowNs() + 1e9 * (state.time - now)));
    hub.publish(this.#robotStream.plan.name, this.#robotStream.sample(state, sent, timeNs / 1e9), timeNs);
    if (hasState && hub.isWatched("state")) {
      const seen = this.#observer.observe(timeNs / 1e9, state.sequence);
      hub.publish("state", this.#viewerStream.sample(seen, sent, timeNs / 1e9), timeNs);
    }
    this.#published = { state: state.sequence, answer: sent.sequence, time: now };
  }

  /** Phases when they change, health once a second. */
  #tell(hub: Hub): void {
    const { phase, fault } = this.#sent;
    const said = `${phase} ${fault}`;
    const timeNs = hub.nowNs();
    if (said !== this.#said) {
      this.#said = said;
      const code = fault.toUpperCase().replaceAll(" ", "_");
      const text = `The robot damps: ${fault}.`;
      hub.broadcast({
        op: "robotState",
        state: phase,
        fault: phase === "fault" ? { code, text } : null,
        timeNs,
      });
    }
    if (this.#now() - this.#healthTime < HEALTH_SECONDS) return;
    this.#healthTime = this.#now();
    const { battery, temperature } = this.#state;
    hub.broadcast({
      op: "health",
      timeNs,
      ...(Number.isNaN(battery.charge) ? {} : { battery: known(battery) }),
      ...(temperature.some(Number.isNaN) ? {} : { temperatures: [...temperature] }),
      loop: punctuality(this.report, this.#channel.takeWorst()),
    });
  }
}

const REQUESTS = [
  ["passive", "relax"],
  ["damping", "damp"],
  ["standing-up", "stand"],
  ["ready", "stand"],
  ["running", "run"],
  ["fault", undefined],
] as const;

function punctuality({ ticks, missed, lateP99, busySeconds }: LoopReport, worst: number) {
  return { ticks, missed, lateP99Ms: 1000 * lateP99, lateMaxMs: 1000 * worst, busySeconds };
}

function known({ charge, voltage, current }: RobotState["battery"]) {
  return {
    charge,
    ...(Number.isNaN(voltage) ? {} : { voltage }),
    ...(Number.isNaN(current) ? {} : { current }),
  };
}
