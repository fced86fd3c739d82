import { UsageError } from "../../common/index.ts";
import { type EpisodeRequest, MANIPULATION_TASKS, manipulationTask, type Split } from "../../sim/index.ts";
import { words } from "../small/tokenizer.ts";

/** Scenes whose sentences are read to learn a task's words. */
const SENTENCES = 40;
/** Scenes that are looked at for one that fits. */
const SCENES = 2000;

/**
 * The task that a sentence is about: the one whose own sentences share most of its words, rare words counting more.
 * Throws `UsageError` where no word is known.
 */
export function taskFor(instruction: string): string {
  const vocabularies = MANIPULATION_TASKS.map(({ name, layout }) => {
    const sentences = Array.from({ length: SENTENCES }, (_, seed) =>
      words(layout({ split: "train", seed, shifts: seed % 2 === 0 ? [] : ["wordings"] }).instruction),
    );
    return { name, known: new Set(sentences.flat()) };
  });
  const scores = vocabularies.map(({ known }) =>
    words(instruction).reduce((sum, word) => {
      if (!known.has(word)) return sum;
      return sum + 1 / vocabularies.filter((other) => other.known.has(word)).length;
    }, 0),
  );
  const best = scores.indexOf(Math.max(...scores));
  if (scores[best] > 0) return vocabularies[best].name;
  throw new UsageError(
    `No task fits "${instruction}".`,
    'Say something like "put the red box in the left tray", or name a task with --task.',
  );
}

/**
 * The first episode from a seed on in whose scene a sentence can be obeyed, with success meaning what it says: its
 * colours and sides are the scene's goal. Throws `UsageError` where there is none.
 */
export function episodeFor(
  task: string,
  instruction: string,
  { split, seed }: { readonly split: Split; readonly seed: number },
): EpisodeRequest {
  const said = new Set(words(instruction));
  const { layout } = manipulationTask(task);
  for (let next = seed; next < seed + SCENES; next++) {
    const request = { split, seed: next };
    if (
      layout(request)
        .goal.split(" ")
        .every((word) => said.has(word))
    )
      return request;
  }
  const { goal, instruction: example } = layout({ split, seed });
  throw new UsageError(
    `No scene of ${task} fits "${instruction}": what "${goal}" is in "${example}" is missing.`,
    "Name what the task needs: a colour, or a side, or both.",
  );
}
