import type { Plan, Scorers, SmallVla, VlaModel } from "../../../vla/index.ts";
import { chooseEpisode } from "../../play-vla.ts";
import type { SessionVoice } from "../session/session-voice.ts";
import type { FuturesAnswers } from "./futures-thread.ts";
import { type Judgement, judgedArm } from "./judged-arm.ts";
import type { TaskStage } from "./task-stage.ts";
import { runTrial } from "./trial.ts";
import type { Asked, VlaState } from "./vla-state.ts";
import { packPictures } from "./vla-streams.ts";

/** Control steps that a scene is shown before anything moves: as it is, and where clients load another model. */
const [REST, LONG_REST] = [25, 90];
/** Control steps that an end is shown. */
const CURTAIN = 40;

/** Who plays, and who hears of it. */
export interface Cast {
  readonly vla: { readonly model: SmallVla; readonly scorers: Scorers };
  /** Kept up to date with what happens. */
  readonly state: VlaState;
  /** Tells clients of `state` after it has changed. */
  readonly tellState: () => void;
  readonly voice: SessionVoice;
}

/** Scene after scene, each under one or more selectors, control step by control step. */
export class ScenePlayer {
  /** Where it is played; another one may come while nothing is under way. */
  stage: TaskStage;
  readonly #cast: Cast;
  readonly #answers: FuturesAnswers;
  /** What is under way. */
  #play: AsyncGenerator<void> | undefined;
  #hasBegun = false;
  #decisions = 0;

  constructor(stage: TaskStage, cast: Cast) {
    this.stage = stage;
    this.#cast = cast;
    const { voice } = cast;
    this.#answers = {
      take: (rows) => voice.publish("futures", () => rows),
      failed: (problem) => voice.note("error", `candidates cannot be tried: ${problem}`),
    };
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get isUnderWay(): boolean {
    return this.#play !== undefined;
  }

  /** Begins the scene that is asked for. */
  begin(): void {
    this.#hasBegun = true;
    this.#play = this.#scenes(this.#cast.state.asked);
  }

  /** Begins the next scene, with the same words where somebody said them. */
  goOn(): void {
    const { state } = this.#cast;
    const { task, instruction, isSaid, seed } = state.asked;
    const said = isSaid ? instruction : undefined;
    const next = chooseEpisode({ instruction: said, task, seed: seed + 1 }, task);
    state.change({ instruction: next.instruction, seed: next.request.seed });
    this.begin();
  }

  /** One control step of what is under way; after its end the next scene begins if that is wanted. */
  async step(): Promise<void> {
    if (this.#play === undefined) return;
    this.stage.force.apply();
    const { done } = await this.#play.next();
    if (done !== true) return;
    this.#play = undefined;
    if (this.#cast.state.asked.goesOn) this.goOn();
  }

  /** Breaks off what is under way; it does not count. */
  async end(state: "waiting" | "stopped"): Promise<void> {
    await this.#play?.return(undefined);
    this.#play = undefined;
    this.#cast.state.breakOff(state);
    this.#cast.tellState();
  }

  /** Gets the copy ready in which candidates are tried, where somebody watches that. */
  prepareFutures(): void {
    if (this.#cast.voice.watched.has("futures")) this.stage.prepare(this.#answers);
  }

  /** The scene that is asked for, once under each selector. */
  async *#scenes(asked: Asked): AsyncGenerator<void> {
    const { stage } = this;
    const { environment } = stage;
    const { state, tellState, voice } = this.#cast;
    state.beginScene();
    for (const selector of asked.selectors) {
      await environment.reset({ split: "test", seed: asked.seed });
      voice.jump();
      state.beginTrial(selector);
      voice.broadcast(stage.layout());
      tellState();
      yield* rest(stage.isNew ? LONG_REST : REST);
      stage.isNew = false;
      state.act();
      tellState();
      yield* this.#trial(asked, selector);
      if (environment.status === "running") return;
      state.endTrial(environment.status, environment.seconds);
      tellState();
      yield* rest(CURTAIN);
    }
  }

  #trial({ candidates, instruction, seed }: Asked, selector: string): AsyncGenerator<void> {
    const { model, scorers } = this.#cast.vla;
    let judgement: Judgement | undefined;
    const arm = judgedArm(selector, scorers, candidates, (judged) => {
      judgement = judged;
    });
    return runTrial(
      this.stage.environment,
      this.#watchedModel(model),
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

  /** The model, which shows what it sees to whoever watches. */
  #watchedModel(model: SmallVla): VlaModel {
    return {
      spec: model.spec,
      encode: (seen) => {
        this.#cast.voice.publish("pictures", () => packPictures(model.spec.cameras, seen.images));
        return model.encode(seen);
      },
      [Symbol.dispose]() {},
    };
  }

  #decided(
    { candidates, selection, milliseconds }: Plan,
    judged: Judgement | undefined,
    selector: string,
  ): void {
    const { state, voice, vla } = this.#cast;
    const { environment } = this.stage;
    const { task, seed } = state.asked;
    const number = this.#decisions++;
    state.decided();
    voice.broadcast({
      op: "decision",
      ...{ number, task, seed, selector, milliseconds },
      seconds: environment.seconds,
      chosen: selection.index ?? null,
      judge: judged?.judge ?? "",
      scores: [...(judged?.scores ?? [])],
    });
    if (!voice.watched.has("futures")) return;
    this.stage.prepare(this.#answers).ask({
      decision: number,
      request: { split: "test", seed },
      state: environment.save(),
      actions: candidates.actions,
      count: candidates.count,
      steps: vla.model.spec.executeHorizon,
    });
  }
}

function* rest(steps: number): Generator<void> {
  for (let step = 0; step < steps; step++) yield;
}
