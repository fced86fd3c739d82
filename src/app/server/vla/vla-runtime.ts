import { ContrappostoError } from "../../../common/index.ts";
import { Engine } from "../../../sim/index.ts";
import { type HostMessage, RefusedError } from "../../../wire/index.ts";
import { chooseEpisode, type OpenVla, openVla } from "../../play-vla.ts";
import { answerTo } from "../session/failure.ts";
import { type Paced, Pacer } from "../session/pacer.ts";
import type { FromSession, ToSession, VlaSessionSetup } from "../session/session-link.ts";
import { SessionVoice } from "../session/session-voice.ts";
import { judgedArm, selectorsWith } from "./judged-arm.ts";
import { ScenePlayer } from "./scene-player.ts";
import { TaskStage } from "./task-stage.ts";
import { VlaState } from "./vla-state.ts";

/**
 * A VLA at the bench in real time, as its thread runs it: takes messages between control steps, and tells all that
 * there is to see of its choices.
 */
export class VlaRuntime implements Paced {
  readonly #voice: SessionVoice;
  readonly #engine: Engine;
  readonly #vla: OpenVla;
  readonly #state: VlaState;
  readonly #player: ScenePlayer;
  readonly #pacer: Pacer;
  readonly #queue: ToSession[] = [];
  #isStopped = false;

  private constructor(
    setup: VlaSessionSetup,
    tell: (message: FromSession) => void,
    opened: { engine: Engine; vla: OpenVla; stage: TaskStage },
  ) {
    const { instruction, selector, candidates, request, environment } = setup.vla;
    const { engine, vla, stage } = opened;
    this.#voice = new SessionVoice(tell, setup.startNs);
    this.#engine = engine;
    this.#vla = vla;
    const { isSaid, goesOn } = setup;
    const asked = { task: environment.task, instruction, isSaid, seed: request.seed, candidates, goesOn };
    const selectors = selectorsWith(vla.scorers);
    this.#state = new VlaState(vla.model.spec, selectors, { ...asked, selectors: [selector] });
    const tellState = () => this.#tellState();
    this.#player = new ScenePlayer(stage, { vla, state: this.#state, tellState, voice: this.#voice });
    this.#pacer = new Pacer(this, () => performance.now());
  }

  /** Loads engine, model and scene. Throws what that throws. */
  static async open(setup: VlaSessionSetup, tell: (message: FromSession) => void): Promise<VlaRuntime> {
    const engine = await Engine.load();
    const vla = await openVla(setup.vla);
    const { environment, request } = setup.vla;
    const stage = await TaskStage.open(engine, environment, vla.model.spec, request);
    return new VlaRuntime(setup, tell, { engine, vla, stage });
  }

  get stepSeconds(): number {
    return this.#stage.environment.plant.controlTimestep;
  }

  /** Takes a message; it has its effect before the next control step. */
  take(message: ToSession): void {
    if (message.op === "stop") this.#isStopped = message.isActive; // at once, whatever else waits
    this.#queue.push(message);
    this.#pacer.wake();
  }

  /** Tells all about the world, and runs until it is ended. */
  async run(): Promise<void> {
    try {
      this.#introduce();
      await this.#pacer.run();
    } finally {
      await this.#stage[Symbol.asyncDispose]();
      this.#vla[Symbol.dispose]();
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
      if (this.#isStopped) this.#stage.damp();
      else await this.#player.step();
    } catch (error) {
      if (!(error instanceof ContrappostoError)) throw error;
      this.#voice.note("error", error.message);
      await this.#player.end("stopped");
    }
    this.#show();
  }

  get #stage(): TaskStage {
    return this.#player.stage;
  }

  async #do(message: ToSession): Promise<void> {
    switch (message.op) {
      case "handle":
        return this.#voice.tell(await answerTo(message.id, () => this.#handle(message.message)));
      case "shelve":
      case "renew":
        return this.#voice.tell(await answerTo(message.id, refusePolicy));
      case "stop":
        if (message.isActive) await this.#player.end("stopped");
        return this.#tellState();
      case "letGo":
        this.#stage.force.release();
        this.#state.change({ goesOn: false });
        return this.#tellState();
      case "watch":
        this.#voice.watched = new Set(message.streams);
        this.#player.prepareFutures();
        if (!this.#player.hasBegun && this.#voice.watched.has("pictures")) this.#player.begin();
        return;
      case "end":
        return this.#pacer.end();
    }
  }

  async #handle(message: HostMessage): Promise<void> {
    switch (message.op) {
      case "instruct":
        return await this.#instruct(message);
      case "reset":
        return await this.#instruct({ op: "instruct", seed: message.seed ?? this.#state.asked.seed });
      case "force":
        return this.#stage.force.pull(message);
      case "pause":
        this.#pacer.isPaused = message.isPaused;
        return this.#tellSession();
      case "step":
        return this.#pacer.owe(message.count);
      case "speed":
        this.#pacer.speed = message.factor;
        return this.#tellSession();
      default:
        throw new RefusedError(
          "UNSUPPORTED",
          `A VLA at its bench has no "${message.op}".`,
          "It can be told what to do (instruct), paused, reset and pulled at.",
        );
    }
  }

  /** Begins what is asked for, or changes `goesOn` alone. Throws `UsageError` for what cannot be done here. */
  async #instruct({ op: _, id: __, ...wish }: HostMessage & { op: "instruct" }): Promise<void> {
    const { asked } = this.#state;
    const { instruction, task, seed, selectors = asked.selectors, candidates = asked.candidates } = wish;
    const goesOn = wish.goesOn ?? asked.goesOn;
    if (Object.keys(wish).length === 1 && wish.goesOn !== undefined) {
      this.#state.change({ goesOn });
      if (goesOn && !this.#player.isUnderWay && !this.#isStopped) this.#player.goOn();
      return this.#tellState();
    }
    for (const name of selectors) judgedArm(name, this.#vla.scorers, candidates, () => {});
    const from = seed ?? (this.#player.hasBegun ? asked.seed + 1 : asked.seed);
    const next = chooseEpisode({ instruction, task, seed: from }, asked.task);
    await this.#player.end("waiting");
    const isSaid = instruction !== undefined;
    this.#state.change({
      ...{ task: next.task, instruction: next.instruction, seed: next.request.seed },
      ...{ isSaid, selectors: [...selectors], candidates, goesOn },
    });
    await this.#load(next.task);
    this.#player.begin();
    this.#tellState();
  }

  /** Opens another task's scene; stays where it is one already. */
  async #load(task: string): Promise<void> {
    const before = this.#stage;
    if (task === before.environment.task.name) return;
    this.#player.stage = await TaskStage.load(this.#engine, task, this.#vla.model.spec);
    void before[Symbol.asyncDispose](); // its thread may take a while to end
    this.#player.prepareFutures();
    this.#introduce();
  }

  #introduce(): void {
    const { world, files, layout } = this.#stage.describe();
    this.#voice.tell({ op: "world", worldId: world.worldId, world: files });
    this.#voice.broadcast(world);
    this.#voice.broadcast(layout);
    this.#voice.tell({ op: "declare", streams: this.#stage.plans(this.#pacer) });
    this.#voice.jump();
    this.#tellSession();
    this.#tellState();
  }

  #show(): void {
    this.#voice.show(this.#stage.streams);
  }

  #tellSession(): void {
    const { name, actions } = this.#vla.model.spec;
    this.#voice.broadcast({
      op: "session",
      isPaused: this.#pacer.isPaused,
      speed: this.#pacer.speed,
      seed: this.#state.asked.seed,
      policies: [{ id: "", name, joints: actions.map((action) => action.name) }],
      ranges: [],
      motion: null,
      keyframes: [],
      recording: null,
    });
  }

  #tellState(): void {
    this.#voice.broadcast(this.#state.message);
    this.#voice.robotState(this.#isStopped ? "damping" : "running");
  }
}

function refusePolicy(): never {
  throw new RefusedError("UNSUPPORTED", "A VLA acts here, no policy file.", "Name another with --vla.");
}
