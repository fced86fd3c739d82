import { ContrappostoError } from "../../common/index.ts";
import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { encodeModel } from "../onnx/index.ts";
import { type BoundRun, InferenceSession, type SessionOptions, type TensorValue } from "../runtime.ts";

/** A name that the training session does not have, or values that do not fit it. */
export class TrainingStateError extends ContrappostoError {
  readonly code = "TRAINING_STATE";
}

/** Declares what an input shall be in the next run: the parameters after the step, the optimiser's state ... */
export function carry(graph: Graph, input: Node, next: Node): void {
  graph.output(`${input.name}${NEXT}`, next);
}

const NEXT = ".next";

/**
 * A graph that is run again and again, each time on the state that it left (`carry`). Two sets of arrays take turns as
 * input and output, so a step copies and allocates nothing. It holds native memory: hold it with `using`.
 */
export class TrainingSession implements Disposable {
  readonly #session: InferenceSession;
  readonly #states: readonly [Tensors, Tensors];
  readonly #results: Tensors;
  readonly #runs: readonly [BoundRun, BoundRun];
  #current: 0 | 1 = 0;

  private constructor(session: InferenceSession, feeds: Tensors) {
    const outputs = session.outputs.map(({ name }) => name);
    const carried = outputs.filter((name) => name.endsWith(NEXT)).map((name) => name.slice(0, -NEXT.length));
    const zeros = (): Tensors => Object.fromEntries(carried.map((name) => [name, session.input(name)]));
    const results = outputs.filter((name) => !name.endsWith(NEXT));
    this.#session = session;
    this.#states = [zeros(), zeros()];
    this.#results = Object.fromEntries(results.map((name) => [name, session.output(name)]));
    const [a, b] = this.#states;
    this.#runs = [this.#bind(feeds, a, b), this.#bind(feeds, b, a)];
  }

  /**
   * Makes a session of a graph whose state begins at zero.
   *
   * @param feeds arrays for the inputs that are not carried; kept, so change them in place between steps
   */
  static async create(graph: Graph, feeds: Tensors, options: SessionOptions = {}): Promise<TrainingSession> {
    const session = await InferenceSession.load(encodeModel(graph.model("training step")), options);
    return new TrainingSession(session, feeds);
  }

  /** Runs the graph once: `state` and `result` then show the values after the step. */
  async step(): Promise<void> {
    await this.#runs[this.#current].run();
    this.#current = this.#current === 0 ? 1 : 0;
  }

  /** Why it runs on another execution provider than asked for; undefined where it runs as asked. */
  get notice(): string | undefined {
    return this.#session.notice;
  }

  /** Names of the carried values. */
  get stateNames(): readonly string[] {
    return Object.keys(this.#states[0]);
  }

  /** A carried value as the next step will read it: a view until then, to read or to change. */
  state(name: string): Float32Array {
    return floats(this.#states[this.#current], name);
  }

  /** A result of the last step: a view, overwritten by the next. */
  result(name: string): Float32Array {
    return floats(this.#results, name);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  #bind(feeds: Tensors, from: Tensors, to: Tensors): BoundRun {
    const next = Object.entries(to).map(([name, value]): [string, TensorValue] => [`${name}${NEXT}`, value]);
    return this.#session.bind({ ...feeds, ...from }, { ...Object.fromEntries(next), ...this.#results });
  }
}

type Tensors = Readonly<Record<string, TensorValue>>;

function floats(tensors: Tensors, name: string): Float32Array {
  const data = tensors[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new TrainingStateError(
    `The training session has no float value "${name}".`,
    `Use one of: ${Object.keys(tensors).join(", ")}.`,
  );
}
