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
   * @param results names of scalar results of the graph
   * @returns means of those results over the last pass
   */
  async practise<Name extends string>(
    parameters: Float32Array,
    passes: number,
    results: readonly Name[],
    order: Rng,
  ): Promise<Record<Name, number>> {
    this.#session.state("parameters").set(parameters);
    const means = Object.fromEntries(results.map((name) => [name, 0])) as Record<Name, number>;
    for (let pass = 0; pass < passes; pass++) {
      for (const name of results) means[name] = 0;
      this.#feeds.shuffle(order);
      for (let k = 0; k < this.#minibatches; k++) {
        this.#feeds.choose(k);
        await this.#session.step();
        for (const name of results) means[name] += this.#session.result(name)[0] / this.#minibatches;
      }
    }
    parameters.set(this.#session.state("parameters"));
    return means;
  }

  /** What Adam remembers of the last step, by `stateNames` of the session: a view until the next. */
  moment(name: string): Float32Array {
    return this.#session.state(name);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
