import type { Part } from "../../common/index.ts";
import type { VecEnvironment, VecObservations, VecStep } from "../../learn/index.ts";
import type { VecEnv } from "../../sim/node.ts";
import { EpisodeWatch } from "./episode-watch.ts";

/** Acts for joints that another, frozen network drives: writes its share of the actions before each step. */
export interface Opponent {
  /**
   * @param part the environments that it acts for
   * @param observations [numEnvs, size] of the group "opponent"
   * @param actions [numEnvs, actionSize], of which it writes the columns from `offset` on
   * @param ended [numEnvs], 1 where an episode has just begun, so that memory starts anew
   */
  act(
    part: Part,
    observations: Float32Array,
    actions: Float32Array,
    offset: number,
    ended: Uint8Array,
  ): Promise<void>;
}

/** A vectorised environment as the learner of its first action group sees it. */
export class VecLearnerEnvironment implements VecEnvironment {
  readonly numEnvs: number;
  readonly observationSizes: { readonly actor: number; readonly critic: number };
  readonly actionSize: number;
  readonly watch: EpisodeWatch;
  readonly #env: VecEnv;
  readonly #opponent: Opponent | undefined;
  readonly #step: VecStep;
  readonly #ended: Uint8Array;

  constructor(env: VecEnv, opponent?: Opponent) {
    const { arrays, numEnvs } = env;
    const [obs, criticObs] = [group(arrays.observations, "policy"), group(arrays.observations, "critic")];
    this.#env = env;
    this.#opponent = opponent;
    this.#ended = new Uint8Array(numEnvs).fill(1);
    this.watch = new EpisodeWatch(env);
    this.numEnvs = numEnvs;
    this.observationSizes = { actor: obs.length / numEnvs, critic: criticObs.length / numEnvs };
    this.actionSize = env.setup.task.actions[0].joints.length;
    this.#step = {
      obs,
      criticObs,
      reward: arrays.reward,
      terminated: arrays.terminated,
      timedOut: arrays.timedOut,
      terminalCriticObs: group(arrays.finalObservations, "critic"),
    };
  }

  async reset(): Promise<VecObservations> {
    await this.#env.reset();
    this.#ended.fill(1);
    this.watch.restart();
    return this.#step;
  }

  get parts(): readonly Part[] {
    return this.#env.parts;
  }

  async send(part: Part, actions: Float32Array): Promise<void> {
    const { arrays, sizes } = this.#env;
    for (let i = part.first; i < part.first + part.count; i++) {
      for (let k = 0; k < this.actionSize; k++)
        arrays.actions[i * sizes.actionSize + k] = actions[i * this.actionSize + k];
    }
    if (this.#opponent !== undefined) {
      await this.#opponent.act(
        part,
        group(arrays.observations, "opponent"),
        arrays.actions,
        this.actionSize,
        this.#ended,
      );
    }
    this.#env.send(part);
  }

  async receive(part: Part): Promise<VecStep> {
    const { arrays } = this.#env;
    await this.#env.receive(part);
    this.watch.add(part);
    for (let i = part.first; i < part.first + part.count; i++)
      this.#ended[i] = arrays.terminated[i] | arrays.timedOut[i];
    return this.#step;
  }
}

function group(arrays: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const array = arrays.get(name);
  if (array === undefined) throw new RangeError(`The task has no observation group "${name}".`);
  return array;
}
