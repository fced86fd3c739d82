import type { ActorCritic } from "./networks.ts";

/** The experience of one iteration, [length, numEnvs, size] each unless it says otherwise; kept and overwritten. */
export class Rollout {
  readonly length: number;
  readonly numEnvs: number;
  readonly obs: Float32Array;
  /** [length + 1, numEnvs, size]: the last row is where the rollout stops. */
  readonly criticObs: Float32Array;
  readonly actions: Float32Array;
  /** The mean and the density of the policy that acted. */
  readonly mean: Float32Array;
  readonly logProb: Float32Array;
  /** 0 where an episode begins with the step, else 1. */
  readonly keep: Float32Array;
  /** With the discounted value of what would have come, where an episode was cut off. */
  readonly rewards: Float32Array;
  /** 1 where an episode ends with the step. */
  readonly ends: Uint8Array;
  /** What an LSTM remembered before the first step [memoryRows, recurrentSize]; see `memoryRows`. */
  readonly h: Float32Array;
  readonly c: Float32Array;
  /** [length + 1, numEnvs] */
  readonly values: Float32Array;
  readonly returns: Float32Array;
  readonly advantages: Float32Array;

  constructor(networks: ActorCritic, length: number, numEnvs: number) {
    const { observationSizes, actionSize, actor } = networks;
    const steps = length * numEnvs;
    const memory = memoryRows(networks, numEnvs) * actor.recurrentSize;
    this.length = length;
    this.numEnvs = numEnvs;
    this.obs = new Float32Array(steps * observationSizes.actor);
    this.criticObs = new Float32Array((steps + numEnvs) * observationSizes.critic);
    this.actions = new Float32Array(steps * actionSize);
    this.mean = new Float32Array(steps * actionSize);
    this.logProb = new Float32Array(steps);
    this.keep = new Float32Array(steps);
    this.rewards = new Float32Array(steps);
    this.ends = new Uint8Array(steps);
    this.h = new Float32Array(memory);
    this.c = new Float32Array(memory);
    this.values = new Float32Array(steps + numEnvs);
    this.returns = new Float32Array(steps);
    this.advantages = new Float32Array(steps);
  }
}

/**
 * How many memories an LSTM actor keeps while collecting: one per environment and, where symmetry is used, after them
 * one per mirror image, as if the policy had seen the mirrored episode. None without an LSTM.
 */
export function memoryRows({ actor, mirror }: ActorCritic, numEnvs: number): number {
  if (actor.kind !== "lstm") return 0;
  return mirror === undefined ? numEnvs : 2 * numEnvs;
}
