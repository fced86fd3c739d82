import type { Part } from "../../common/index.ts";
import type { VecStep } from "./vec-environment.ts";

/** The episodes that ended during some steps. */
export interface EpisodeSummary {
  readonly episodes: number;
  /** How many of them ended for good rather than by time. */
  readonly terminations: number;
  /** Mean sum of rewards, and mean length in control steps; NaN if no episode ended. */
  readonly meanReturn: number;
  readonly meanLength: number;
  /** Mean reward of a step, whether or not an episode ended. */
  readonly meanReward: number;
}

/** Counts returns and lengths of episodes, environment by environment. */
export class EpisodeLog {
  readonly #returns: Float64Array;
  readonly #lengths: Int32Array;
  #sums = { episodes: 0, terminations: 0, returns: 0, lengths: 0, rewards: 0, steps: 0 };

  constructor(numEnvs: number) {
    this.#returns = new Float64Array(numEnvs);
    this.#lengths = new Int32Array(numEnvs);
  }

  /** Takes in one step of a part of the environments. */
  add({ first, count }: Part, { reward, terminated, timedOut }: VecStep): void {
    const sums = this.#sums;
    for (let i = first; i < first + count; i++) {
      this.#returns[i] += reward[i];
      this.#lengths[i]++;
      sums.rewards += reward[i];
      sums.steps++;
      if (!terminated[i] && !timedOut[i]) continue;
      sums.episodes++;
      sums.terminations += terminated[i] ? 1 : 0;
      sums.returns += this.#returns[i];
      sums.lengths += this.#lengths[i];
      this.#returns[i] = 0;
      this.#lengths[i] = 0;
    }
  }

  /** The summary of the steps since the last call. */
  take(): EpisodeSummary {
    const { episodes, terminations, returns, lengths, rewards, steps } = this.#sums;
    this.#sums = { episodes: 0, terminations: 0, returns: 0, lengths: 0, rewards: 0, steps: 0 };
    return {
      episodes,
      terminations,
      meanReturn: returns / episodes,
      meanLength: lengths / episodes,
      meanReward: rewards / steps,
    };
  }

  /** Forgets the episodes under way. */
  restart(): void {
    this.#returns.fill(0);
    this.#lengths.fill(0);
  }
}
