import type { Rng } from "../../common/index.ts";
import type { Graph } from "../graph/graph.ts";
import { TrainingSession } from "../optim/training-session.ts";
import type { SessionOptions } from "../runtime.ts";
import type { PpoConfig } from "./config.ts";
import type { UpdateFeeds } from "./update-feeds.ts";

/**
 * Something else than PPO to learn from a rollout: gradient steps of a graph on the inputs of `updateGraph`. It holds native
 * memory: hold it with `using`.
 */
export class Lesson implements Disposable {
  readonly #session: TrainingSession;
  readonly #feeds: UpdateFeeds;
  readonly #minibatches: number;

  private constructor(session: TrainingSession, feeds: UpdateFeeds, minibatches: number) {
    this.#session = session;
    this.#feeds = feeds;
    this.#minibatches = minibatches;
  }

  static async open(
    graph: Graph,
    feeds: UpdateFeeds,
    { minibatches }: PpoConfig,
    options: SessionOptions,
  ): Promise<Lesson> {
    const known = new Set(graph.inputs.map(({ name }) => name));
    const needed = Object.entries(feeds.tensors).filter(([name]) => known.has(name));
    const session = await TrainingSession.create(graph, Object.fromEntries(needed), options);
    return new Lesson(session, feeds, minibatches);
  }

  /**
   * Goes over the rollout, in a new order each time.
   *
   * @param parameters changed in place
   * @param result of the graph
   * @returns mean of that result over the last pass
   */
  async practise(parameters: Float32Array, passes: number, result: string, order: Rng): Promise<number> {
    this.#session.state("parameters").set(parameters);
    let mean = 0;
    for (let pass = 0; pass < passes; pass++) {
      mean = 0;
      this.#feeds.shuffle(order);
      for (let k = 0; k < this.#minibatches; k++) {
        this.#feeds.choose(k);
        await this.#session.step();
        mean += this.#session.result(result)[0] / this.#minibatches;
      }
    }
    parameters.set(this.#session.state("parameters"));
    return mean;
  }

  /** What Adam remembers of the last step, by `stateNames` of the session: a view until the next. */
  moment(name: string): Float32Array {
    return this.#session.state(name);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
