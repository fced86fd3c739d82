import { controlTimestep, jointIndices, type RobotSpec, TaskConfig, withoutNoise } from "../../sim/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import { PolicyMismatchError } from "../onnx-policy.ts";
import { actionScales, type PolicySpec } from "../spec.ts";

/**
 * A task in which frozen opponents drive joints besides the learner's: they get an action group and an observation
 * "opponent", laid out as their files say, without noise.
 *
 * @param files opponents that observe and drive the same
 * @throws PolicyMismatchError where they differ from each other, from the robot, or from the task
 */
export function withOpponent(task: TaskConfig, robot: RobotSpec, files: readonly PolicyFile[]): TaskConfig {
  const [first] = files.map(({ spec }) => spec);
  for (const { spec } of files) requireFit(spec, first, robot, task);
  return TaskConfig.parse({
    ...task,
    actions: [
      ...task.actions.filter(({ name }) => name !== "opponent"),
      {
        name: "opponent",
        joints: first.jointNames,
        scale: [...actionScales(first)],
        clip: first.actionClip,
      },
    ],
    observations: [
      ...task.observations.filter(({ name }) => name !== "opponent"),
      {
        name: "opponent",
        actionGroup: "opponent",
        joints: first.observedJoints,
        terms: first.observations.map(withoutNoise),
      },
    ],
  });
}

function requireFit(spec: PolicySpec, first: PolicySpec, robot: RobotSpec, task: TaskConfig): void {
  const problem =
    misfit(spec, robot, task) ??
    (interfaceOf(spec) === interfaceOf(first)
      ? undefined
      : `differs from "${first.name}" in what it observes or drives`);
  if (problem === undefined) return;
  throw new PolicyMismatchError(
    `The opponent "${spec.name}" ${problem}.`,
    "Use policies that were trained on this robot with the same control step.",
  );
}

/** What the environment cannot do for an opponent, as the end of a sentence; undefined where all is well. */
function misfit(spec: PolicySpec, robot: RobotSpec, task: TaskConfig): string | undefined {
  const shared = spec.jointNames.find((joint) => task.actions[0].joints.includes(joint));
  if (shared !== undefined) return `drives ${shared}, which the learner drives`;
  if (Math.abs(spec.controlTimestep - controlTimestep(task.plant)) > 1e-9)
    return `acts every ${spec.controlTimestep} s, the task every ${controlTimestep(task.plant)} s`;
  if (spec.targetRange !== undefined) return "limits its targets, which training does not";
  const moved = robot.joints.find(({ name, default: angle }) =>
    differs(spec.defaultJointPos[name] ?? angle, angle),
  );
  if (moved !== undefined) return `has another default angle of ${moved.name} than ${robot.title}`;
  const driven = Array.from(jointIndices(robot, spec.jointNames), (index) => robot.joints[index]);
  const wrong = driven.find(
    (joint, i) =>
      differs(spec.kp[i], joint.kp) ||
      differs(spec.kd[i], joint.kd) ||
      differs(spec.actionOffset?.[i] ?? joint.default, joint.default),
  );
  return wrong === undefined
    ? undefined
    : `drives ${wrong.name} with other gains or another offset than ${robot.title}`;
}

const differs = (a: number, b: number): boolean => Math.abs(a - b) > 1e-4 * Math.max(1, Math.abs(b));

function interfaceOf(spec: PolicySpec): string {
  const { jointNames, observedJoints, observations, actionScale, actionClip } = spec;
  return JSON.stringify({
    jointNames,
    observedJoints,
    actionScale,
    actionClip,
    observations: observations.map(withoutNoise),
  });
}
