import { MANIPULATION_TASKS, type ManipulationTask } from "../../../sim/index.ts";
import type { VlaMessage } from "../../../wire/index.ts";

/** Sentences of a task that are offered: as in training, and as never heard. */
const [SEEN, UNSEEN] = [6, 2];
/** Scenes that are read for them. */
const SCENES = 40;

/** What can be asked of a VLA: all tasks, those that it was trained for first, with sentences that name them. */
export function taskChoices(trained: readonly string[]): VlaMessage["tasks"] {
  return MANIPULATION_TASKS.map((task) => ({
    name: task.name,
    about: task.description,
    isTrained: trained.includes(task.name),
    examples: [...sentences(task, [], SEEN), ...sentences(task, ["wordings"], UNSEEN)],
  })).sort((a, b) => Number(b.isTrained) - Number(a.isTrained));
}

function sentences(task: ManipulationTask, shifts: readonly "wordings"[], most: number): string[] {
  const found = new Set<string>();
  for (let seed = 0; seed < SCENES && found.size < most; seed++)
    found.add(task.layout({ split: "train", seed, shifts }).instruction);
  return [...found];
}
