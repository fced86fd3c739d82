import {
  DivergedError,
  Engine,
  type EnvironmentState,
  type EpisodeEnd,
  type EpisodeRequest,
  foreseeChunk,
  type ManipulationEnvironment,
} from "../../../sim/index.ts";
import { type EnvironmentSetup, openEnvironment } from "../../../vla/node.ts";
import { FUTURE_HEAD } from "./vla-streams.ts";

/** Candidates whose futures are wanted, and from where. */
export interface FuturesQuestion {
  readonly decision: number;
  readonly request: EpisodeRequest;
  /** When the decision was made. */
  readonly state: EnvironmentState;
  /** Robot units, [count, chunkHorizon, actions]. */
  readonly actions: Float32Array;
  readonly count: number;
  /** Actions of each that are tried. */
  readonly steps: number;
}

const OUTCOMES: readonly EpisodeEnd[] = ["running", "succeeded", "failed", "timed out"];

/** A second simulation of one task, in which candidates are carried out that the first may never see. */
export class Foreseer implements Disposable {
  readonly #environment: ManipulationEnvironment;
  #request = "";

  private constructor(environment: ManipulationEnvironment) {
    this.#environment = environment;
  }

  static async open(setup: EnvironmentSetup): Promise<Foreseer> {
    return new Foreseer(await openEnvironment(await Engine.load(), { ...setup, cameras: [] }));
  }

  /** Rows of the stream `futures`, in a new array: for each candidate where it begins and where each action ends. */
  async foresee({ decision, request, state, actions, count, steps }: FuturesQuestion): Promise<Float32Array> {
    const environment = this.#environment;
    await this.#enter(request);
    environment.restore(state);
    const rows: Float32Array[] = [];
    for (let candidate = 0; candidate < count; candidate++) {
      let step = 0;
      const note = () => rows.push(row(environment, [decision, candidate, step++]));
      note();
      try {
        await foreseeChunk(environment, actions, candidate * (actions.length / count), steps, note);
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error; // such a future ends there
      }
    }
    const out = new Float32Array(rows.length * (rows[0]?.length ?? 0));
    rows.forEach((values, i) => {
      out.set(values, i * values.length);
    });
    return out;
  }

  [Symbol.dispose](): void {
    this.#environment[Symbol.dispose]();
  }

  /** A scene is drawn by a reset; the state that follows says all else. */
  async #enter(request: EpisodeRequest): Promise<void> {
    const key = JSON.stringify(request);
    if (key === this.#request) return;
    await this.#environment.reset(request);
    this.#request = key;
  }
}

function row({ bench, plant, status }: ManipulationEnvironment, place: readonly number[]): Float32Array {
  const { qpos } = plant.simulation.views;
  const out = new Float32Array(FUTURE_HEAD + qpos.length);
  out.set([...place, ...bench.hand("left"), ...bench.hand("right"), OUTCOMES.indexOf(status)]);
  out.set(qpos, FUTURE_HEAD);
  return out;
}
