import type { Part } from "../../../src/common/index.ts";
import type { VecEnvironment, VecObservations, VecStep } from "../../../src/learn/ppo/index.ts";

/** What happens at step `t` to environment `env`; nothing and no reward where left out. */
export interface Event {
  readonly reward?: number;
  readonly terminated?: boolean;
  readonly timedOut?: boolean;
}

/** Environments that follow a script and ignore their actions; observations are smooth functions of time and row. */
export class ScriptedEnvironment implements VecEnvironment {
  readonly numEnvs: number;
  readonly observationSizes = { actor: 3, critic: 4 };
  readonly actionSize = 2;
  readonly parts: readonly Part[];
  /** Every action that was taken, step by step. */
  readonly taken: Float32Array[] = [];
  readonly #script: (t: number, env: number) => Event;
  readonly #result: VecStep;
  #t = 0;

  constructor(numEnvs: number, script: (t: number, env: number) => Event) {
    this.numEnvs = numEnvs;
    this.parts = [{ first: 0, count: numEnvs }];
    this.#script = script;
    this.#result = {
      obs: new Float32Array(3 * numEnvs),
      criticObs: new Float32Array(4 * numEnvs),
      reward: new Float32Array(numEnvs),
      terminated: new Uint8Array(numEnvs),
      timedOut: new Uint8Array(numEnvs),
      terminalCriticObs: new Float32Array(4 * numEnvs),
    };
  }

  reset(): VecObservations {
    this.#t = 0;
    this.#observe();
    return this.#result;
  }

  async send(_: Part, actions: Float32Array): Promise<void> {
    this.taken.push(actions.slice());
    const { reward, terminated, timedOut, terminalCriticObs } = this.#result;
    for (let i = 0; i < this.numEnvs; i++) {
      const event = this.#script(this.#t, i);
      reward[i] = event.reward ?? 0;
      terminated[i] = event.terminated ? 1 : 0;
      timedOut[i] = event.timedOut ? 1 : 0;
    }
    this.#t++;
    terminalCriticObs.fill(Number.NaN); // rows that did not end must never be read
    for (let i = 0; i < this.numEnvs; i++)
      if (terminated[i] || timedOut[i]) terminalCriticObs.set(terminalCriticObservation(this.#t, i), 4 * i);
    this.#observe();
  }

  receive(): VecStep {
    return this.#result;
  }

  #observe(): void {
    const { obs, criticObs } = this.#result;
    for (let k = 0; k < obs.length; k++) obs[k] = Math.sin(this.#t * 0.7 + k);
    for (let k = 0; k < criticObs.length; k++) criticObs[k] = Math.cos(this.#t * 0.3 + k);
  }
}

/** What the critic sees at the end of an episode that ends with step `t - 1`. */
export function terminalCriticObservation(t: number, env: number): number[] {
  return [t, env, 0.5, -1];
}
