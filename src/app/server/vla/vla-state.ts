import type { VlaSpec } from "../../../vla/index.ts";
import type { TrialState, VlaMessage } from "../../../wire/index.ts";
import { Scoreboard } from "./scoreboard.ts";
import { taskChoices } from "./task-choices.ts";

export type Asked = VlaMessage["asked"];

/** What is told of a VLA at work, kept up to date by whoever runs it. */
export class VlaState {
  readonly #fixed: Pick<VlaMessage, "model" | "tasks" | "selectors">;
  readonly #scores = new Scoreboard();
  #asked: Asked;
  #selector: string;
  #state: TrialState = "waiting";
  #decisions = 0;
  #outcomes: VlaMessage["outcomes"] = [];

  constructor(spec: VlaSpec, selectors: readonly string[], asked: Asked) {
    const { name, modelHash, cameras, chunkHorizon, executeHorizon, chunkTimestep } = spec;
    this.#fixed = {
      model: { name, modelHash, cameras, chunkHorizon, executeHorizon, chunkTimestep },
      tasks: taskChoices(spec.tasks),
      selectors: [...selectors],
    };
    this.#asked = asked;
    this.#selector = asked.selectors[0];
  }

  get asked(): Asked {
    return this.#asked;
  }

  get message(): VlaMessage {
    return {
      op: "vla",
      ...this.#fixed,
      asked: this.#asked,
      selector: this.#selector,
      state: this.#state,
      outcomes: this.#outcomes,
      tally: this.#scores.tally,
      pairs: this.#scores.pairs,
    };
  }

  change(asked: Partial<Asked>): void {
    this.#asked = { ...this.#asked, ...asked };
  }

  beginScene(): void {
    this.#outcomes = [];
  }

  /** The scene stands there, and nothing moves yet. */
  beginTrial(selector: string): void {
    this.#selector = selector;
    this.#state = "ready";
    this.#decisions = 0;
  }

  act(): void {
    this.#state = "acting";
  }

  decided(): void {
    this.#decisions++;
  }

  endTrial(state: TrialState, seconds: number): void {
    const { task, seed, instruction, candidates } = this.#asked;
    const selector = this.#selector;
    this.#state = state;
    this.#outcomes = [...this.#outcomes, { selector, state, seconds, decisions: this.#decisions }];
    this.#scores.add({ task, selector, state, scene: `${seed} ${candidates} ${instruction}` });
  }

  /** What was under way does not count. */
  breakOff(state: "waiting" | "stopped"): void {
    this.#state = state;
  }
}
