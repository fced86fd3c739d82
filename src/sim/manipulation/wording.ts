import type { Rng } from "../../common/index.ts";
import type { EpisodeRequest } from "./episode.ts";

/** Ways to say one thing. `{name}` stands for a word of the scene, such as a colour. */
export interface Wordings {
  /** Used in training and, unless wordings are shifted, everywhere. */
  readonly seen: readonly string[];
  /** Never used in training. */
  readonly unseen: readonly string[];
}

/** One of the wordings with its words filled in. Throws `RangeError` for a word that is not given. */
export function drawInstruction(
  rng: Rng,
  wordings: Wordings,
  request: EpisodeRequest,
  words: Readonly<Record<string, string>>,
): string {
  const isShifted = request.shifts?.includes("wordings") === true;
  return fill(rng.pick(isShifted ? wordings.unseen : wordings.seen), words);
}

function fill(template: string, words: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const word = words[name];
    if (word === undefined) throw new RangeError(`No word for {${name}} in "${template}".`);
    return word;
  });
}
