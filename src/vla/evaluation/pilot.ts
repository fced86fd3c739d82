import { Rng } from "../../common/index.ts";
import type { EpisodeRequest, ManipulationEnvironment } from "../../sim/index.ts";
import { type Candidates, noiseSize, type VlaModel, type VlaObservation } from "../model.ts";
import { FixedNoise, FreshNoise, type NoiseSource } from "../noise-bank.ts";
import type { Selection, Selector } from "../selection/selectors.ts";

/** One arm of a comparison. */
export interface Arm {
  readonly name: string;
  readonly selector: Selector;
  /** Chunks to choose from. */
  readonly candidates: number;
}

/** How a pilot flies; the same for all arms. */
export interface PilotOptions {
  readonly executeHorizon: number;
  /** `fresh`: new noise at every decision, decided by the episode's seed; `fixed`: the same 50 rows throughout. */
  readonly noise: "fresh" | "fixed";
  readonly others?: readonly VlaModel[];
  /** Said instead of what the scene says. */
  readonly instruction?: string;
  readonly now: () => number;
}

/** A decision and what led to it. */
export interface Plan {
  readonly candidates: Candidates;
  readonly selection: Selection;
  /** From pictures to the choice, ms; without the cameras. */
  readonly milliseconds: number;
}

const FIXED_SEED = 42;

/** Which episode of which task: what an episode's noise follows from. */
export interface PilotedEpisode extends EpisodeRequest {
  readonly task: string;
}

/**
 * Plans chunk after chunk of an episode under one arm. Equal episodes give equal noise to every arm, whatever it draws;
 * another task, split or seed gives other noise, so that scenes are independent trials.
 */
export class Pilot {
  readonly #model: VlaModel;
  readonly #arm: Arm;
  readonly #options: PilotOptions;
  readonly #noise: NoiseSource;
  readonly #choices: Rng;

  constructor(model: VlaModel, arm: Arm, episode: PilotedEpisode, options: PilotOptions) {
    const rng = new Rng(episode.seed).fork(`vla episode ${episode.split} ${episode.task}`);
    this.#model = model;
    this.#arm = arm;
    this.#options = options;
    this.#noise = options.noise === "fixed" ? new FixedNoise(FIXED_SEED) : new FreshNoise(rng.fork("noise"));
    this.#choices = rng.fork("choices");
  }

  /** Looks and decides. */
  async decide(environment: ManipulationEnvironment): Promise<Plan> {
    const { now, others = [], instruction } = this.#options;
    const { spec } = this.#model;
    const seen = observe(environment);
    const observation = instruction === undefined ? seen : { ...seen, instruction };
    const begun = now();
    const context = await this.#model.encode(observation);
    const candidates = await context.sample(this.#noise.draw(this.#arm.candidates, noiseSize(spec)));
    const selection = await this.#arm.selector({
      spec,
      context,
      candidates,
      rng: this.#choices,
      others: await Promise.all(others.map((other) => other.encode(observation))),
      imagine: (chunk) => this.#progressAfter(environment, chunk),
    });
    return { candidates, selection, milliseconds: now() - begun };
  }

  async #progressAfter(environment: ManipulationEnvironment, chunk: Float32Array): Promise<number> {
    const before = environment.save();
    const size = environment.actionSize;
    for (let h = 0; h < this.#options.executeHorizon && environment.status === "running"; h++)
      await environment.step(chunk, h * size);
    const progress =
      environment.status === "succeeded" ? 2 : environment.status === "failed" ? -1 : environment.progress();
    environment.restore(before);
    return progress;
  }
}

/** What a VLA sees of an environment. The pictures belong to the environment's cameras. */
function observe(environment: ManipulationEnvironment): VlaObservation {
  const { instruction, images, proprioception } = environment.observe();
  return { instruction, images: Object.fromEntries(images), proprioception };
}
