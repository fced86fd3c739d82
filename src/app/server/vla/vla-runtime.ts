import { ContrappostoError } from "../../../common/index.ts";
import { createJointTargets, Engine, type JointTargets } from "../../../sim/index.ts";
import type { Plan, Scorers, SmallVla } from "../../../vla/index.ts";
import { FRAME_FLAG, type HostMessage, RefusedError, type ServerMessage } from "../../../wire/index.ts";
import { chooseEpisode, openVla } from "../../play-vla.ts";
import { answerTo } from "../session/failure.ts";
import { HeldForce } from "../session/held-force.ts";
import { type Paced, Pacer } from "../session/pacer.ts";
import type { FromSession, ToSession, VlaSessionSetup } from "../session/session-link.ts";
import { type Judgement, judgedArm, selectorsWith } from "./judged-arm.ts";
import { TaskStage } from "./task-stage.ts";
import { runTrial } from "./trial.ts";
import { type Asked, VlaState } from "./vla-state.ts";
import { packPictures } from "./vla-streams.ts";

/** Control steps that a scene is shown before anything moves: as it is, and where clients load another model. */
const [REST, LONG_REST] = [25, 90];
/** Control steps that an end is shown. */
const CURTAIN = 40;

/**
 * A VLA at the bench in real time, as its thread runs it: scene after scene, each under one or more selectors, and all
 * that there is to see of its choices. Takes messages between control steps.
 */
export class VlaRuntime implements Paced {
  readonly #setup: VlaSessionSetup;
  readonly #tell: (message: FromSession) => void;
  readonly #engine: Engine;
  readonly #vla: { model: SmallVla; scorers: Scorers } & Disposable;
  readonly #state: VlaState;
  readonly #pacer: Pacer;
  readonly #queue: ToSession[] = [];
  readonly #answers = {
    take: (rows: Float32Array) => this.#publish("futures", () => rows),
    failed: (problem: string) => this.#note(`candidates cannot be tried: ${problem}`),
  };
  #stage: TaskStage;
  #force: HeldForce;
  #damping: JointTargets;
  #watched: ReadonlySet<string> = new Set();
  /** What runs, control step by control step. */
  #play: AsyncGenerator<void> | undefined;
  #hasBegun = false;
  #isStopped = false;
  #hasJumped = true;
  #decisions = 0;

  private constructor(
    setup: VlaSessionSetup,
    tell: (message: FromSession) => void,
    opened: { engine: Engine; vla: { model: SmallVla; scorers: Scorers } & Disposable; stage: TaskStage },
  ) {
    const { instruction, selector, candidates, request, environment } = setup.vla;
    this.#setup = setup;
    this.#tell = tell;
    this.#engine = opened.engine;
    this.#vla = opened.vla;
    this.#stage = opened.stage;
    this.#force = new HeldForce(this.#plant);
    this.#damping = createJointTargets(this.#plant.robot);
    const { spec } = opened.vla.model;
    const { isSaid, goesOn } = setup;
    const asked = { task: environment.task, instruction, isSaid, seed: request.seed, candidates, goesOn };
    this.#state = new VlaState(spec, selectorsWith(opened.vla.scorers), { ...asked, selectors: [selector] });
    this.#pacer = new Pacer(this, () => performance.now());
  }

  /** Loads engine, model and scene. Throws what that throws. */
  static async open(setup: VlaSessionSetup, tell: (message: FromSession) => void): Promise<VlaRuntime> {
    const engine = await Engine.load();
    const vla = await openVla(setup.vla);
    const stage = await TaskStage.open(engine, setup.vla.environment, vla.model.spec);
    await stage.environment.reset(setup.vla.request);
    return new VlaRuntime(setup, tell, { engine, vla, stage });
  }

  get stepSeconds(): number {
    return this.#plant.controlTimestep;
  }

  /** Takes a message; it has its effect before the next control step. */
  take(message: ToSession): void {
    if (message.op === "stop") this.#isStopped = message.isActive; // at once, whatever else waits
    this.#queue.push(message);
    this.#pacer.wake();
  }

  /** Tells all about the world, and runs until it is ended. */
  async run(): Promise<void> {
    this.#introduce();
    await this.#pacer.run();
    await this.#stage[Symbol.asyncDispose]();
    this.#vla[Symbol.dispose]();
  }

  async prepare(): Promise<void> {
    const hadWork = this.#queue.length > 0;
    for (let message = this.#queue.shift(); message !== undefined; message = this.#queue.shift())
      await this.#do(message);
    if (hadWork && this.#pacer.isPaused) this.#show();
  }

  async step(): Promise<void> {
    try {
      if (this.#isStopped) this.#damp();
      else await this.#act();
    } catch (error) {
      if (!(error instanceof ContrappostoError)) throw error;
      this.#note(error.message);
      await this.#end("stopped");
    }
    this.#show();
  }

  get #plant() {
    return this.#stage.environment.plant;
  }

  async #do(message: ToSession): Promise<void> {
    switch (message.op) {
      case "handle":
        return this.#tell(await answerTo(message.id, () => this.#handle(message.message)));
      case "shelve":
        return this.#tell(
          await answerTo(message.id, () => {
            throw new RefusedError(
              "UNSUPPORTED",
              "A VLA acts here, no policy file.",
              "Name another with --vla.",
            );
          }),
        );
      case "stop":
        if (message.isActive) await this.#end("stopped");
        return this.#tellState();
      case "letGo":
        this.#force.release();
        this.#state.change({ goesOn: false });
        return this.#tellState();
      case "watch":
        this.#watched = new Set(message.streams);
        if (this.#watched.has("futures")) this.#stage.prepare(this.#answers);
        if (!this.#hasBegun && this.#watched.has("pictures")) this.#begin();
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
        return this.#force.pull(message);
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
      if (goesOn && this.#play === undefined && !this.#isStopped) await this.#goOn();
      return this.#tellState();
    }
    for (const name of selectors) judgedArm(name, this.#vla.scorers, candidates, () => {});
    const from = seed ?? (this.#hasBegun ? asked.seed + 1 : asked.seed);
    const next = chooseEpisode({ instruction, task, seed: from }, asked.task);
    await this.#end("waiting");
    const isSaid = instruction !== undefined;
    this.#state.change({
      ...{ task: next.task, instruction: next.instruction, seed: next.request.seed },
      ...{ isSaid, selectors: [...selectors], candidates, goesOn },
    });
    await this.#load(next.task);
    this.#begin();
    this.#tellState();
  }

  /** The next scene, with the same words where somebody said them. */
  async #goOn(): Promise<void> {
    const { task, instruction, isSaid, seed } = this.#state.asked;
    const said = isSaid ? instruction : undefined;
    const next = chooseEpisode({ instruction: said, task, seed: seed + 1 }, task);
    this.#state.change({ instruction: next.instruction, seed: next.request.seed });
    this.#begin();
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#play = this.#perform(this.#state.asked);
  }

  /** The scene that is asked for, once under each selector. */
  async *#perform(asked: Asked): AsyncGenerator<void> {
    const { environment } = this.#stage;
    const request = { split: "test", seed: asked.seed } as const;
    this.#state.beginScene();
    for (const selector of asked.selectors) {
      await environment.reset(request);
      this.#hasJumped = true;
      this.#state.beginTrial(selector);
      this.#broadcast(this.#stage.layout());
      this.#tellState();
      yield* rest(this.#stage.isNew ? LONG_REST : REST);
      this.#stage.isNew = false;
      this.#state.act();
      this.#tellState();
      yield* this.#trial(asked, selector);
      if (environment.status === "running") return;
      this.#state.endTrial(environment.status, environment.seconds);
      this.#tellState();
      yield* rest(CURTAIN);
    }
  }

  #trial({ candidates, instruction, seed }: Asked, selector: string): AsyncGenerator<void> {
    const { model, scorers } = this.#vla;
    const { environment } = this.#stage;
    let judgement: Judgement | undefined;
    const arm = judgedArm(selector, scorers, candidates, (judged) => {
      judgement = judged;
    });
    const watched = {
      spec: model.spec,
      encode: (seen: Parameters<typeof model.encode>[0]) => {
        this.#publish("pictures", () => packPictures(model.spec.cameras, seen.images));
        return model.encode(seen);
      },
      [Symbol.dispose]() {},
    };
    return runTrial(
      environment,
      watched,
      arm,
      { split: "test", seed },
      {
        executeHorizon: model.spec.executeHorizon,
        instruction,
        now: () => performance.now(),
        decided: (plan) => this.#decided(plan, judgement, selector),
      },
    );
  }

  #decided(
    { candidates, selection, milliseconds }: Plan,
    judged: Judgement | undefined,
    selector: string,
  ): void {
    const { asked } = this.#state;
    const number = this.#decisions++;
    this.#state.decided();
    this.#broadcast({
      op: "decision",
      number,
      ...{ task: asked.task, seed: asked.seed, selector, milliseconds },
      seconds: this.#stage.environment.seconds,
      chosen: selection.index ?? null,
      judge: judged?.judge ?? "",
      scores: [...(judged?.scores ?? [])],
    });
    if (!this.#watched.has("futures")) return;
    this.#stage.prepare(this.#answers).ask({
      decision: number,
      request: { split: "test", seed: asked.seed },
      state: this.#stage.environment.save(),
      actions: candidates.actions,
      count: candidates.count,
      steps: this.#vla.model.spec.executeHorizon,
    });
  }

  /** One control step of what is under way. */
  async #act(): Promise<void> {
    if (this.#play === undefined) return;
    this.#force.apply();
    const { done } = await this.#play.next();
    if (done !== true) return;
    this.#play = undefined;
    if (this.#state.asked.goesOn) await this.#goOn();
  }

  /** The motors resist movement and hold nothing. */
  #damp(): void {
    const { robot, truth } = this.#plant;
    const { q, kp, kd, tau } = this.#damping;
    for (let j = 0; j < robot.joints.length; j++) {
      q[j] = truth.q[j];
      kp[j] = tau[j] = 0;
      kd[j] = robot.joints[j].kd;
    }
    this.#plant.step(this.#damping);
  }

  async #end(state: "waiting" | "stopped"): Promise<void> {
    await this.#play?.return(undefined);
    this.#play = undefined;
    this.#state.breakOff(state);
    this.#tellState();
  }

  /** Opens another task's scene; stays where it is one already. */
  async #load(task: string): Promise<void> {
    if (task === this.#stage.environment.task.name) return;
    const stage = await TaskStage.load(this.#engine, task, this.#vla.model.spec);
    const before = this.#stage;
    this.#stage = stage;
    await stage.environment.reset({ split: "test", seed: 0 });
    this.#force = new HeldForce(this.#plant);
    this.#damping = createJointTargets(this.#plant.robot);
    void before[Symbol.asyncDispose]();
    if (this.#watched.has("futures")) stage.prepare(this.#answers);
    this.#introduce();
  }

  #introduce(): void {
    const { world, files, layout } = this.#stage.describe();
    this.#tell({ op: "world", worldId: world.worldId, world: files });
    this.#broadcast(world);
    this.#broadcast(layout);
    this.#tell({ op: "declare", streams: this.#stage.plans(this.#pacer) });
    this.#hasJumped = true;
    this.#tellSession();
    this.#tellState();
  }

  #show(): void {
    const flags = this.#hasJumped ? FRAME_FLAG.discontinuity : 0;
    const samples = this.#stage.sample(this.#watched);
    if (samples.length === 0) return;
    this.#hasJumped = false;
    this.#tell({ op: "samples", timeNs: this.#nowNs(), flags, samples });
  }

  #publish(stream: string, sample: () => Float32Array): void {
    if (!this.#watched.has(stream)) return;
    this.#tell({ op: "samples", timeNs: this.#nowNs(), flags: 0, samples: [[stream, sample()]] });
  }

  #tellSession(): void {
    const { name, actions } = this.#vla.model.spec;
    this.#broadcast({
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
    this.#broadcast(this.#state.message);
    const state = this.#isStopped ? "damping" : "running";
    this.#broadcast({ op: "robotState", state, fault: null, timeNs: this.#nowNs() });
  }

  #note(text: string): void {
    this.#broadcast({ op: "event", level: "error", text, timeNs: this.#nowNs() });
  }

  #broadcast(message: ServerMessage): void {
    this.#tell({ op: "broadcast", message });
  }

  #nowNs(): number {
    return Number(process.hrtime.bigint() - this.#setup.startNs);
  }
}

function* rest(steps: number): Generator<void> {
  for (let step = 0; step < steps; step++) yield;
}
