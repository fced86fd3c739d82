import { UnknownNameError } from "../../common/index.ts";
import { ObservationGroup } from "../mdp/observation-group.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { ActionGroup, ObservationGroupConfig, TaskConfig } from "./task-config.ts";

/** The task's action group of that name. Throws `UnknownNameError` with the names that exist. */
export function actionGroup(task: TaskConfig, name: string): ActionGroup {
  const found = task.actions.find((group) => group.name === name);
  if (found !== undefined) return found;
  throw new UnknownNameError(
    "action group",
    name,
    task.actions.map((group) => group.name),
  );
}

/** Builds the writer of one of the task's observation vectors. */
export function bindObservation(
  robot: RobotSpec,
  task: TaskConfig,
  config: ObservationGroupConfig,
): ObservationGroup {
  return new ObservationGroup(robot, config.terms, {
    jointNames: config.joints ?? robot.joints.map((joint) => joint.name),
    actionSize: actionGroup(task, config.actionGroup).joints.length,
  });
}
