import { type Rng, UsageError } from "../../common/index.ts";
import { type EpisodeSet, type FrameRef, framesOf } from "../data/episodes.ts";

/** Frames to train on, and frames of other episodes to judge by. */
export interface FrameSplit {
  readonly training: readonly FrameRef[];
  readonly validation: readonly FrameRef[];
}

/** Keeps a share of the episodes aside, one at least. Throws `UsageError` where there are fewer than two. */
export function splitEpisodes(set: EpisodeSet, validationShare: number, rng: Rng): FrameSplit {
  const order = rng.shuffled(set.episodes.keys());
  const kept = Math.max(1, Math.round(validationShare * order.length));
  if (order.length < 2)
    throw new UsageError(
      `${order.length} demonstrations are too few: some are kept aside.`,
      "Make more with vla demos.",
    );
  return { training: framesOf(set, order.slice(kept)), validation: framesOf(set, order.slice(0, kept)) };
}

/**
 * Which frames a step sees, as a function of seed and step alone. Most come from all frames in turn, shuffled anew each
 * time; a share comes in the same way from the first frames of episodes, where the way is chosen that later frames only
 * go on with.
 */
export class FrameOrder {
  readonly #all: Turns;
  readonly #first: Turns;

  constructor(frames: readonly FrameRef[], batchSize: number, firstShare: number, rng: Rng) {
    const first = Math.round(firstShare * batchSize);
    this.#all = new Turns(frames, batchSize - first, (epoch) => rng.fork(`epoch ${epoch}`));
    const beginnings = frames.filter(({ picture }) => picture === 0);
    this.#first = new Turns(beginnings, first, (epoch) => rng.fork(`first frames ${epoch}`));
  }

  ofStep(step: number): FrameRef[] {
    return [...this.#first.ofStep(step), ...this.#all.ofStep(step)];
  }
}

/** Items in turn, `count` a step; a last part of an epoch that is less than that is left out. */
class Turns {
  readonly #items: readonly FrameRef[];
  readonly #count: number;
  readonly #rngOf: (epoch: number) => Rng;
  #order: { readonly epoch: number; readonly items: readonly FrameRef[] } | undefined;

  constructor(items: readonly FrameRef[], count: number, rngOf: (epoch: number) => Rng) {
    this.#items = items;
    this.#count = count;
    this.#rngOf = rngOf;
  }

  ofStep(step: number): FrameRef[] {
    if (this.#count === 0) return [];
    const steps = Math.max(1, Math.floor(this.#items.length / this.#count));
    const items = this.#shuffledFor(Math.floor(step / steps));
    const from = (step % steps) * this.#count;
    return Array.from({ length: this.#count }, (_, i) => items[(from + i) % items.length]);
  }

  #shuffledFor(epoch: number): readonly FrameRef[] {
    if (this.#order?.epoch !== epoch)
      this.#order = { epoch, items: this.#rngOf(epoch).shuffled(this.#items) };
    return this.#order.items;
  }
}
