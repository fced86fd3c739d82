import { UnknownNameError } from "../../common/index.ts";
import type { ManipulationTask } from "./task.ts";
import { handOver } from "./tasks/hand-over.ts";
import { liftBox } from "./tasks/lift-box.ts";
import { pickPlace } from "./tasks/pick-place.ts";
import { pressButton } from "./tasks/press-button.ts";
import { reachAround } from "./tasks/reach-around.ts";

/** All manipulation tasks. */
export const MANIPULATION_TASKS: readonly ManipulationTask[] = [
  pressButton,
  pickPlace,
  handOver,
  reachAround,
  liftBox,
];

/** Looks a task up. Throws `UnknownNameError` with the names that exist. */
export function manipulationTask(name: string): ManipulationTask {
  const task = MANIPULATION_TASKS.find((candidate) => candidate.name === name);
  if (task === undefined)
    throw new UnknownNameError(
      "manipulation task",
      name,
      MANIPULATION_TASKS.map((candidate) => candidate.name),
    );
  return task;
}
