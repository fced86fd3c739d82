import type { PpoConfig } from "../../learn/index.ts";
import {
  controlTimestep,
  jointIndices,
  type RobotSpec,
  type TaskConfig,
  withoutNoise,
} from "../../sim/index.ts";
import type { PolicySpec, Provenance } from "../spec.ts";

/** Describes what was trained on a task, so that it runs wherever the robot's joints are. */
export function specOfTask(
  robot: RobotSpec,
  task: TaskConfig,
  ppo: PpoConfig,
  name: string,
  provenance?: Provenance,
): PolicySpec {
  const [group] = task.actions;
  const observation = task.observations.find((candidate) => candidate.name === "policy");
  if (observation === undefined) throw new RangeError('The task has no observation group "policy".');
  const driven = Array.from(jointIndices(robot, group.joints), (index) => robot.joints[index]);
  const { vx, vy, yawRate } = task.commands;
  const range = (label: string, [low, high]: readonly [number, number]) => ({ name: label, low, high });
  return {
    version: 1,
    name,
    robot: robot.name,
    jointNames: [...group.joints],
    observedJoints: robot.joints.map((joint) => joint.name),
    defaultJointPos: Object.fromEntries(robot.joints.map((joint) => [joint.name, joint.default])),
    kp: driven.map((joint) => joint.kp),
    kd: driven.map((joint) => joint.kd),
    torqueLimit: driven.map((joint) => joint.torqueLimit),
    actionScale: group.scale,
    actionClip: group.clip,
    controlTimestep: controlTimestep(task.plant),
    observations: observation.terms.map(withoutNoise),
    commands: [range("vx", vx), range("vy", vy), range("yawRate", yawRate)],
    ...(ppo.actor.kind === "lstm"
      ? { recurrent: { kind: "lstm", layers: 1, hidden: ppo.actor.recurrentSize } }
      : {}),
    ...(provenance === undefined ? {} : { provenance }),
  } as PolicySpec;
}
