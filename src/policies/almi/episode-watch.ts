import type { Part } from "../../common/index.ts";
import type { VecEnv } from "../../sim/node.ts";

/** The episodes that ended since the last look. */
export interface EndedEpisodes {
  /** How many of them are judged by how long they lasted. */
  readonly episodes: number;
  /** Mean share of the full length that they lasted: 1 for those that time cut off; NaN where none is judged. */
  readonly meanShare: number;
  /** Mean share of the best possible reward for following the linear command; NaN where none ended or it is not paid. */
  readonly tracking: number;
  /** Mean share of feet on the ground or in the air as the gait clock says; standing still gives 0.55. NaN likewise. */
  readonly stepping: number;
}

/**
 * Counts how long episodes of a batch last and what each reward term gives in them. Where first episodes begin part-way
 * they do not count: those that time cuts off at once would look like survival. And how long episodes last is not judged
 * before a whole one has passed: until then only falls end any.
 */
export class EpisodeWatch {
  readonly #env: VecEnv;
  readonly #fullLength: number;
  /** Steps since each episode began; negative without end in one that does not count. */
  readonly #lived: Float64Array;
  readonly #terms: Float64Array;
  /** Steps of each environment since the restart. */
  readonly #ages: Int32Array;
  #steps = 0;
  #episodes = 0;
  #shares = 0;

  constructor(env: VecEnv) {
    const { episodeSeconds, plant } = env.setup.task;
    this.#env = env;
    this.#fullLength = episodeSeconds / (plant.timestep * plant.decimation);
    this.#ages = new Int32Array(env.numEnvs);
    this.#lived = new Float64Array(env.numEnvs);
    this.#terms = new Float64Array(env.rewardNames.length);
  }

  /** All episodes begin anew. */
  restart(): void {
    this.#ages.fill(0);
    this.#lived.fill(this.#env.setup.task.reset.isStaggered ? Number.NEGATIVE_INFINITY : 0);
  }

  /** Takes in the step that a part of the batch has just done. */
  add({ first, count }: Part): void {
    const { terminated, timedOut, episodeRewards } = this.#env.arrays;
    const terms = this.#terms;
    for (let i = first; i < first + count; i++) {
      this.#ages[i]++;
      this.#lived[i]++;
      if (terminated[i] === 0 && timedOut[i] === 0) continue;
      const lived = this.#lived[i];
      this.#lived[i] = 0;
      if (lived < 0) continue;
      this.#steps += lived;
      for (let k = 0; k < terms.length; k++) terms[k] += episodeRewards[i * terms.length + k];
      if (this.#ages[i] < this.#fullLength) continue;
      this.#episodes++;
      this.#shares += terminated[i] === 0 ? 1 : lived / this.#fullLength;
    }
  }

  /** The episodes since the last call, and the mean of each reward term in them, per second. */
  take(): EndedEpisodes & { readonly rewardTerms: Readonly<Record<string, number>> } {
    const { timestep, decimation } = this.#env.setup.task.plant;
    const seconds = this.#steps * timestep * decimation;
    const rewardTerms: Record<string, number> = Object.fromEntries(
      this.#env.rewardNames.map((name, k) => [name, this.#terms[k] / seconds]),
    );
    const shareOf = (term: string, best: number) =>
      (rewardTerms[term] ?? Number.NaN) / (best * (this.#env.setup.task.rewards[term]?.weight ?? Number.NaN));
    const taken = {
      episodes: this.#episodes,
      meanShare: this.#shares / this.#episodes,
      tracking: shareOf("track_travel" in rewardTerms ? "track_travel" : "track_lin_vel", 1),
      stepping: shareOf("contact_phase", 2),
      rewardTerms,
    };
    this.#terms.fill(0);
    this.#steps = this.#episodes = this.#shares = 0;
    return taken;
  }
}
