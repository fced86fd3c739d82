import type { Rng } from "../../common/index.ts";
import { elementCount, float32Tensor } from "../onnx/index.ts";
import type { TensorValue } from "../runtime.ts";
import type { PpoConfig } from "./config.ts";
import { PpoConfigError } from "./errors.ts";
import type { UpdateShape } from "./minibatch.ts";
import type { ActorCritic } from "./networks.ts";
import type { Normalisers } from "./normaliser.ts";
import { scaleFeeds } from "./policy-graph.ts";
import { memoryRows, type Rollout } from "./rollout.ts";

/** The fixed arrays that gradient steps read: the whole rollout, and which part of it comes next. */
export class UpdateFeeds {
  readonly shape: UpdateShape;
  readonly tensors: Readonly<Record<string, TensorValue>>;
  /** Standard deviation of the policy that acted; written before each rollout. */
  readonly deviation: Float32Array;
  readonly #order: Int32Array;
  readonly #indices: Int32Array;

  /** Throws `PpoConfigError` if the rollout does not divide into minibatches. */
  constructor(networks: ActorCritic, config: PpoConfig, rollout: Rollout, normalisers: Normalisers) {
    this.shape = cut(networks, config, rollout);
    this.deviation = new Float32Array(networks.actionSize);
    this.#order = Int32Array.from({ length: this.shape.columns }, (_, i) => i);
    this.#indices = new Int32Array(this.shape.minibatch);
    this.tensors = {
      ...rolloutFeeds(networks, config, rollout, this.shape),
      ...scaleFeeds(networks, "obs", normalisers.obs),
      ...scaleFeeds(networks, "criticObs", normalisers.criticObs),
      deviation: float32Tensor("", [networks.actionSize], this.deviation),
      indices: { type: "int32", dims: [this.shape.minibatch], data: this.#indices },
    };
  }

  /** Puts the sequences in a random order (Fisher and Yates). */
  shuffle(rng: Rng): void {
    const order = this.#order;
    for (let i = 0; i < order.length; i++) order[i] = i;
    for (let i = order.length - 1; i > 0; i--) {
      const j = rng.integer(i + 1);
      const swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  /** Makes minibatch `k` of the order the next one. */
  choose(k: number): void {
    const { minibatch } = this.shape;
    this.#indices.set(this.#order.subarray(k * minibatch, (k + 1) * minibatch));
  }
}

/** Whole rollouts of environments for an LSTM, which learns in sequences; else single steps. */
function cut({ actor }: ActorCritic, { minibatches }: PpoConfig, { length, numEnvs }: Rollout): UpdateShape {
  const [time, columns] = actor.kind === "lstm" ? [length, numEnvs] : [1, length * numEnvs];
  const minibatch = columns / minibatches;
  if (Number.isInteger(minibatch)) return { time, columns, minibatch };
  const what = actor.kind === "lstm" ? "environments" : "steps of experience";
  throw new PpoConfigError(
    `${columns} ${what} do not divide into ${minibatches} minibatches.`,
    "Change the number of environments or of minibatches.",
  );
}

function rolloutFeeds(
  networks: ActorCritic,
  config: PpoConfig,
  rollout: Rollout,
  { time, columns }: UpdateShape,
): Readonly<Record<string, TensorValue>> {
  const { observationSizes, actionSize, actor } = networks;
  const sequences = (data: Float32Array, ...size: readonly number[]): TensorValue => {
    const dims = [time, columns, ...size];
    // Some arrays have a row more, for where the rollout stops.
    return float32Tensor("", dims, data.subarray(0, elementCount(dims)));
  };
  const rows = memoryRows(networks, rollout.numEnvs);
  const memory = (data: Float32Array): TensorValue => float32Tensor("", [rows, actor.recurrentSize], data);
  return {
    obs: sequences(rollout.obs, observationSizes.actor),
    criticObs: sequences(rollout.criticObs, observationSizes.critic),
    actions: sequences(rollout.actions, actionSize),
    mean: sequences(rollout.mean, actionSize),
    logProb: sequences(rollout.logProb),
    ...(config.clipValue && { values: sequences(rollout.values) }),
    returns: sequences(rollout.returns),
    advantages: sequences(rollout.advantages),
    ...(actor.kind === "lstm" && {
      keep: sequences(rollout.keep, 1),
      h: memory(rollout.h),
      c: memory(rollout.c),
    }),
  };
}
