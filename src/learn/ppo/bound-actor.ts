import type { Part } from "../../common/index.ts";
import type { ParameterLayout } from "../graph/parameters.ts";
import { encodeModel, float32Tensor } from "../onnx/index.ts";
import { type BoundRun, InferenceSession, type SessionOptions, type TensorValue } from "../runtime.ts";
import type { ActorCritic } from "./networks.ts";
import type { Normalisers } from "./normaliser.ts";
import { actGraph, scaleFeeds } from "./policy-graph.ts";
import { memoryRows, type Rollout } from "./rollout.ts";
import { rowsOf } from "./rows.ts";
import type { VecEnvironment } from "./vec-environment.ts";

/** What an actor needs to act. */
export interface ActingParts {
  readonly networks: ActorCritic;
  readonly layout: ParameterLayout;
  readonly normalisers: Normalisers;
  readonly env: Pick<VecEnvironment, "parts">;
}

/** Who acts for a part, by how many environments it has. */
export type ActSessions = Map<number, InferenceSession>;

/** Acting for one step is so little work that a second thread would only take a core from the environment. */
export async function loadActSessions(
  { networks, layout, env }: ActingParts,
  options: SessionOptions,
): Promise<ActSessions> {
  const sessions: ActSessions = new Map();
  for (const count of new Set(env.parts.map((part) => part.count))) {
    const model = encodeModel(actGraph(networks, layout, count).model());
    sessions.set(count, await InferenceSession.load(model, { ...options, threads: 1 }));
  }
  return sessions;
}

/** An actor with its weights and its memory of all environments. */
export class BoundActor {
  readonly #parts: ReadonlyMap<Part, { readonly arrays: ActArrays; readonly run: BoundRun }>;

  /** @param parameters read at each evaluation */
  constructor(
    { networks, layout, normalisers, env }: ActingParts,
    sessions: ActSessions,
    parameters: Float32Array,
  ) {
    const weights = float32Tensor("", [layout.size], parameters);
    const scale = scaleFeeds(networks, "obs", normalisers.obs);
    this.#parts = new Map(
      env.parts.map((part) => {
        const arrays = new ActArrays(networks, part.count);
        const session = sessions.get(part.count) as InferenceSession;
        const run = session.bind({ parameters: weights, ...scale, ...arrays.inputs }, arrays.outputs);
        return [part, { arrays, run }];
      }),
    );
  }

  /**
   * Mean actions [part.count, actionSize]: a view until the next.
   *
   * @param obs [part.count, size]
   */
  async act(part: Part, obs: Float32Array): Promise<Float32Array> {
    const { arrays, run } = this.#of(part);
    arrays.obs.set(obs);
    await run.run();
    return arrays.mean;
  }

  /** Makes the memory after the step the one before the next. */
  remember(part: Part): void {
    this.#of(part).arrays.remember();
  }

  /** Wipes the memory of one environment, and of its mirror image. */
  forget(part: Part, env: number): void {
    this.#of(part).arrays.forget(env - part.first);
  }

  forgetAll(): void {
    for (const { arrays } of this.#parts.values()) arrays.forgetAll();
  }

  /** Writes what it remembers of all environments, and then of all mirror images. */
  copyMemory({ h, c, numEnvs }: Rollout): void {
    for (const [part, { arrays }] of this.#parts) arrays.copyMemory(h, c, part, numEnvs);
  }

  #of(part: Part) {
    const found = this.#parts.get(part);
    if (found === undefined) throw new RangeError("The environment has no such part.");
    return found;
  }
}

/** The fixed arrays between which the actor is evaluated. */
class ActArrays {
  readonly inputs: Readonly<Record<string, TensorValue>>;
  readonly outputs: Readonly<Record<string, TensorValue>>;
  readonly obs: Float32Array;
  readonly mean: Float32Array;
  /** The memory before and after a step [memoryRows, recurrentSize]; empty without an LSTM. */
  readonly #hIn: Float32Array;
  readonly #cIn: Float32Array;
  readonly #hOut: Float32Array;
  readonly #cOut: Float32Array;
  readonly #size: number;
  readonly #numEnvs: number;

  constructor(networks: ActorCritic, numEnvs: number) {
    const { observationSizes, actionSize, actor } = networks;
    const rows = memoryRows(networks, numEnvs);
    const memory = (): Float32Array => new Float32Array(rows * actor.recurrentSize);
    this.#numEnvs = numEnvs;
    this.#size = actor.recurrentSize;
    this.obs = new Float32Array(numEnvs * observationSizes.actor);
    this.mean = new Float32Array(numEnvs * actionSize);
    [this.#hIn, this.#cIn, this.#hOut, this.#cOut] = [memory(), memory(), memory(), memory()];
    const obs = rowsOf(this.obs, observationSizes.actor);
    const actions = rowsOf(this.mean, actionSize);
    const layered = (data: Float32Array): TensorValue => float32Tensor("", [1, rows, this.#size], data);
    const hasMemory = rows > 0;
    this.inputs = { obs, ...(hasMemory && { h_in: layered(this.#hIn), c_in: layered(this.#cIn) }) };
    this.outputs = { actions, ...(hasMemory && { h_out: layered(this.#hOut), c_out: layered(this.#cOut) }) };
  }

  /** Makes the memory after the step the one before the next. */
  remember(): void {
    this.#hIn.set(this.#hOut);
    this.#cIn.set(this.#cOut);
  }

  /** Wipes the memory of one environment, and of its mirror image. */
  forget(env: number): void {
    for (let row = env; row * this.#size < this.#hIn.length; row += this.#numEnvs) {
      this.#hIn.fill(0, row * this.#size, (row + 1) * this.#size);
      this.#cIn.fill(0, row * this.#size, (row + 1) * this.#size);
    }
  }

  forgetAll(): void {
    this.#hIn.fill(0);
    this.#cIn.fill(0);
  }

  /** Writes the memory into that of a whole batch [images, all, recurrentSize], where the part's rows are. */
  copyMemory(h: Float32Array, c: Float32Array, { first, count }: Part, all: number): void {
    for (let row = 0; row * this.#size < this.#hIn.length; row += count) {
      const at = ((row / count) * all + first) * this.#size;
      h.set(this.#hIn.subarray(row * this.#size, (row + count) * this.#size), at);
      c.set(this.#cIn.subarray(row * this.#size, (row + count) * this.#size), at);
    }
  }
}
