import { stat } from "node:fs/promises";
import { ContrappostoError, UsageError } from "../../../common/index.ts";
import {
  type ControlSession,
  comparePolicy,
  networksOf,
  type PolicyComparison,
} from "../../../policies/index.ts";
import { DivergedError, Engine, Telemetry, type Topic } from "../../../sim/index.ts";
import { findRobot, listRobots } from "../../../sim/node.ts";
import { type HostMessage, RefusedError } from "../../../wire/index.ts";
import { DiskFullError, FileAccessError, FileSystemError } from "../../files.ts";
import { ROBOT_PLACES } from "../../robot-places.ts";
import { BALANCE } from "../../shipped-policies.ts";
import { describeChoice, describeWorld } from "./describe-session.ts";
import { answerTo } from "./failure.ts";
import { openWorld, type WorldChoice } from "./open-world.ts";
import { type Paced, Pacer } from "./pacer.ts";
import { plantStreams, type SampledStream } from "./plant-streams.ts";
import { PolicyShelf } from "./policy-shelf.ts";
import { type FromSession, type SessionSetup, TOPICS_WATCH, type ToSession } from "./session-link.ts";
import { RECORDINGS_PATH, recordingFile, SessionRecording } from "./session-recording.ts";
import { SessionVoice } from "./session-voice.ts";

/**
 * A simulation in real time, as its thread runs it: takes messages between steps, tells everything that clients see.
 * Nothing that a client or the network does can hold it up.
 */
export class SessionRuntime implements Paced {
  readonly #setup: SessionSetup;
  readonly #voice: SessionVoice;
  readonly #engine: Engine;
  readonly #shelf: PolicyShelf;
  readonly #pacer: Pacer;
  readonly #queue: ToSession[] = [];
  #choice: WorldChoice;
  #session: ControlSession;
  #streams: readonly SampledStream[] = [];
  #recording: SessionRecording | undefined;
  #fault: { readonly code: string; readonly text: string } | undefined;
  #telemetry: Telemetry | undefined;

  private constructor(
    setup: SessionSetup,
    tell: (message: FromSession) => void,
    opened: { engine: Engine; shelf: PolicyShelf; choice: WorldChoice; session: ControlSession },
  ) {
    this.#setup = setup;
    this.#voice = new SessionVoice(tell, setup.startNs);
    this.#engine = opened.engine;
    this.#shelf = opened.shelf;
    this.#choice = opened.choice;
    this.#session = opened.session;
    this.#pacer = new Pacer(this, () => performance.now());
  }

  /** Loads engine, world and policies as the setup says. Throws what that throws. */
  static async open(setup: SessionSetup, tell: (message: FromSession) => void): Promise<SessionRuntime> {
    const engine = await Engine.load();
    const { robot } = findRobot(setup.robot, ROBOT_PLACES);
    const shelf = new PolicyShelf([robot, ...listRobots(ROBOT_PLACES).map((located) => located.robot)]);
    const shipped = await shelf.readShipped(robot);
    const isBalancing = setup.policies.length === 1 && setup.policies[0] === BALANCE;
    const named = isBalancing ? [] : await shelf.read(setup.policies, setup);
    const { model, scene, seed, companions } = setup;
    const policies = isBalancing || named.length > 0 ? named : shipped;
    const choice = { robot: robot.name, model, scene, seed, policies, companions };
    const session = await openWorld(engine, shelf, choice, setup);
    const runtime = new SessionRuntime(setup, tell, { engine, shelf, choice, session });
    session.ask(setup.command);
    if (setup.motion !== undefined) session.play(setup.motion, setup.amplitude);
    if (setup.record !== undefined) await runtime.#record(setup.record);
    return runtime;
  }

  get stepSeconds(): number {
    return this.#session.plant.controlTimestep;
  }

  /** Takes a message; it has its effect before the next step. */
  take(message: ToSession): void {
    if (message.op === "stop") this.#session.isStopped = message.isActive; // at once, whatever else waits
    this.#queue.push(message);
    this.#pacer.wake();
  }

  /** Tells all about the world, and runs until it is ended. */
  async run(): Promise<void> {
    try {
      await this.#introduce();
      await this.#pacer.run();
    } finally {
      await this.#endRecording(); // a recording is worth most where something broke
      this.#session[Symbol.dispose]();
    }
  }

  async prepare(): Promise<void> {
    const hadWork = this.#queue.length > 0;
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift())
      await this.#do(message);
    if (hadWork && this.#pacer.isPaused) this.#show();
  }

  async step(): Promise<void> {
    try {
      await this.#session.step();
      this.#recording?.stepped();
      this.#show();
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #do(message: ToSession): Promise<void> {
    switch (message.op) {
      case "handle":
        return this.#voice.tell(await answerTo(message.id, () => this.#handle(message.message)));
      case "shelve":
        return this.#voice.tell(await answerTo(message.id, () => this.#shelve(message.name, message.bytes)));
      case "renew":
        return this.#voice.tell(await answerTo(message.id, () => this.#renew(message.name, message.bytes)));
      case "stop":
        return this.#tellState();
      case "letGo":
        return this.#session.letGo();
      case "watch":
        this.#voice.watched = new Set(message.streams);
        return;
      case "end":
        return this.#pacer.end();
    }
  }

  async #handle(message: HostMessage): Promise<void> {
    const session = this.#session;
    switch (message.op) {
      case "velocity":
        return session.ask(message.velocity, message.robot);
      case "force":
        return session.pull(message);
      case "push":
        return session.push(message.velocity, message.robot);
      case "pause":
        this.#pacer.isPaused = message.isPaused;
        return this.#tellSession();
      case "step":
        if (!this.#pacer.isPaused)
          throw new UsageError("The simulation is running.", "Pause it before you step.");
        return this.#pacer.owe(message.count);
      case "speed":
        this.#pacer.speed = message.factor;
        return this.#tellSession();
      case "reset":
        return this.#reset(message);
      case "load":
        return await this.#load(message);
      case "policy":
        return await this.#switchPolicies(message.policies);
      case "motion":
        session.play(message.motion, message.amplitude);
        return this.#tellSession();
      case "record":
        return await (message.isOn ? this.#startRecording(message.name) : this.#endRecording());
      default:
        throw new RefusedError(
          "UNSUPPORTED",
          `A simulation has no "${message.op}".`,
          "That is for robots, their twins and training runs.",
        );
    }
  }

  #reset(options: { seed?: number | undefined; keyframe?: string | undefined }): void {
    this.#session.reset(options);
    this.#voice.jump();
    this.#fault = undefined;
    this.#tellState();
    this.#tellSession();
  }

  async #load({ robot, scene, seed }: HostMessage & { op: "load" }): Promise<void> {
    const next = { ...this.#choice };
    if (robot !== undefined && robot !== next.robot) {
      const { robot: spec } = findRobot(robot, ROBOT_PLACES);
      Object.assign(next, { robot, model: undefined, policies: await this.#shelf.readShipped(spec) });
    }
    const choice = { ...next, scene: scene ?? next.scene, seed: seed ?? next.seed };
    this.#voice.note("info", `loading ${choice.robot} in ${choice.scene}`);
    const session = await openWorld(this.#engine, this.#shelf, choice, this.#setup);
    await this.#endRecording();
    session.isStopped = this.#session.isStopped;
    this.#session[Symbol.dispose]();
    this.#session = session;
    this.#choice = choice;
    this.#fault = undefined;
    await this.#introduce();
  }

  async #switchPolicies(ids: readonly string[]): Promise<void> {
    const { robot, controlTimestep } = this.#session.plant;
    this.#session.switchPolicy(await this.#shelf.controller(ids, robot, controlTimestep));
    this.#choice = { ...this.#choice, policies: [...ids] };
    this.#declare();
    this.#tellSession();
  }

  #shelve(name: string, bytes: Uint8Array): PolicyComparison {
    const { spec } = this.#shelf.add({ name, bytes });
    this.#voice.broadcast(describeChoice(this.#session, this.#shelf));
    return comparePolicy(
      networksOf(this.#session.policy).map((network) => network.spec),
      spec,
    );
  }

  async #renew(name: string, bytes: Uint8Array): Promise<void> {
    this.#shelf.add({ name, bytes });
    if (this.#choice.policies.includes(name)) await this.#switchPolicies(this.#choice.policies);
  }

  async #startRecording(name: string | undefined): Promise<void> {
    if (this.#recording !== undefined)
      throw new UsageError(`"${this.#recording.name}" is being recorded.`, "End that recording first.");
    await this.#record(recordingFile(this.#setup.recordings, this.#session, name));
    this.#tellSession();
  }

  async #record(file: string): Promise<void> {
    this.#recording = await SessionRecording.start(file, this.#session, this.#voice.nowNs());
  }

  async #endRecording(): Promise<void> {
    const recording = this.#recording;
    if (recording === undefined) return;
    this.#recording = undefined;
    await recording.end();
    const { name, file, seconds } = recording;
    const { size: bytes } = await stat(file);
    this.#voice.broadcast({ op: "recorded", file, url: `${RECORDINGS_PATH}${name}`, seconds, bytes });
    this.#tellSession();
  }

  /** A step went wrong. A disk that fails ends the recording, anything else stops the world until it is reset. */
  async #failed(error: unknown): Promise<void> {
    if (!(error instanceof ContrappostoError)) throw error;
    this.#voice.note("error", error.message);
    if (
      error instanceof DiskFullError ||
      error instanceof FileAccessError ||
      error instanceof FileSystemError
    ) {
      const recording = this.#recording;
      this.#recording = undefined;
      this.#session.plant.tap = undefined;
      await recording?.end().catch(() => {}); // it has failed already, and said so
    } else {
      this.#fault = { code: error instanceof DivergedError ? "DIVERGED" : error.code, text: error.message };
      this.#pacer.isPaused = true;
      this.#tellState();
    }
    this.#tellSession();
  }

  async #introduce(): Promise<void> {
    const world = describeWorld(this.#session);
    this.#voice.tell({ op: "world", worldId: world.worldId, world: this.#session.compiled.world });
    this.#voice.broadcast(world);
    this.#voice.broadcast(describeChoice(this.#session, this.#shelf));
    this.#declare();
    this.#tellState();
    this.#tellSession();
    await this.#announceTopics();
    this.#voice.jump();
    this.#show();
  }

  /** Tells what Foxglove may subscribe to, and what the world looks like. */
  async #announceTopics(): Promise<void> {
    const topics: Topic[] = [];
    const declare = async (topic: Topic) => {
      topics.push(topic);
      return (timeNs: bigint, message: object) =>
        this.#voice.tell({ op: "message", topic: topic.topic, timeNs, text: JSON.stringify(message) });
    };
    this.#telemetry = await Telemetry.declare({ declare }, this.#session.plant);
    this.#voice.tell({ op: "topics", topics });
    this.#telemetry.look(BigInt(this.#voice.nowNs()));
  }

  #declare(): void {
    this.#streams = plantStreams(this.#session, this.#pacer);
    this.#voice.tell({ op: "declare", streams: this.#streams.map(({ plan }) => plan) });
  }

  #show(): void {
    if (this.#voice.watched.has(TOPICS_WATCH)) {
      const timeNs = BigInt(this.#voice.nowNs());
      this.#telemetry?.sample(timeNs);
      this.#telemetry?.targets(timeNs, this.#session.targets);
    }
    this.#voice.show(this.#streams);
  }

  #tellSession(): void {
    const { policy, ranges, motion, keyframes, seed, companions, plant } = this.#session;
    const ids = this.#choice.policies;
    this.#voice.broadcast({
      op: "session",
      isPaused: this.#pacer.isPaused,
      speed: this.#pacer.speed,
      seed,
      policies:
        ids.length === 0
          ? [{ id: "", name: policy.name, joints: [...policy.joints] }]
          : ids.map((id) => {
              const { name, joints } = this.#shelf.entry(id);
              return { id, name, joints };
            }),
      ranges,
      motion: motion === undefined ? null : { name: motion.name, amplitude: motion.amplitude },
      keyframes,
      ...(companions.length === 0
        ? {}
        : {
            companions: companions.map((each, i) => ({
              name: plant.companions[i].name,
              policy: each.policy.name,
              ranges: each.ranges,
            })),
          }),
      recording:
        this.#recording === undefined
          ? null
          : { file: this.#recording.name, sinceNs: this.#recording.sinceNs },
    });
  }

  #tellState(): void {
    const state = this.#fault !== undefined ? "fault" : this.#session.isStopped ? "damping" : "running";
    this.#voice.robotState(state, this.#fault);
  }
}
