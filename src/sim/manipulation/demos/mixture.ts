import { type Rng, UnknownNameError } from "../../../common/index.ts";
import { EXPERT_MODES, type ExpertMode } from "../task.ts";

/** Shares of the experts' modes in a data set; they sum to 1. */
export type Mixture = Readonly<Record<ExpertMode, number>>;

/**
 * Data sets by name. `mixed` is several people's work, most of it clean; `clean` is what cleaning it by hand would leave,
 * and has one mode only. In `careless` most demonstrations are careless: they miss in every direction, so that what is frequent
 * among them can still be right. In `adversarial` most make the same mistake, so choosing what is frequent must lose.
 */
export const MIXTURES: Readonly<Record<string, Mixture>> = {
  mixed: { nominal: 0.52, alternative: 0.2, sloppy: 0.18, hesitant: 0.1, mistaken: 0 },
  clean: { nominal: 1, alternative: 0, sloppy: 0, hesitant: 0, mistaken: 0 },
  careless: { nominal: 0.2, alternative: 0.1, sloppy: 0.6, hesitant: 0.1, mistaken: 0 },
  adversarial: { nominal: 0.2, alternative: 0.1, sloppy: 0, hesitant: 0.1, mistaken: 0.6 },
};

/** Looks a mixture up. Throws `UnknownNameError` with the names that exist. */
export function mixtureNamed(name: string): Mixture {
  const mixture = Object.hasOwn(MIXTURES, name) ? MIXTURES[name] : undefined;
  if (mixture === undefined) throw new UnknownNameError("mixture", name, Object.keys(MIXTURES));
  return mixture;
}

/** A mode by the shares of a mixture. */
export function drawMode(rng: Rng, mixture: Mixture): ExpertMode {
  let left = rng.uniform();
  for (const mode of EXPERT_MODES) {
    left -= mixture[mode];
    if (left < 0) return mode;
  }
  return EXPERT_MODES[0];
}
