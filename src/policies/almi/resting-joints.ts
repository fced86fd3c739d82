import type { LeastDeviations } from "../../learn/index.ts";
import { bindObservation, type ObservationSlice, type RobotSpec, type TaskConfig } from "../../sim/index.ts";

/** What a joint varies by once it moves: rad and rad/s. */
const MOVING: Readonly<Record<string, number>> = { joint_pos: 0.3, joint_vel: 1 };

/**
 * Least deviations to normalise by, of joints that the learner sees and does not drive: they rest until a curriculum moves
 * them, and what they are seen to vary by until then is noise (docs/decisions/0039).
 */
export function restingJoints(robot: RobotSpec, task: TaskConfig): LeastDeviations {
  return { obs: ofGroup(robot, task, "policy"), criticObs: ofGroup(robot, task, "critic") };
}

function ofGroup(robot: RobotSpec, task: TaskConfig, name: string): Float64Array {
  const group = task.observations.find((candidate) => candidate.name === name);
  if (group === undefined) throw new RangeError(`The task has no observation group "${name}".`);
  const { slices, size } = bindObservation(robot, task, group);
  const all = group.joints ?? robot.joints.map((joint) => joint.name);
  const driven = new Set(task.actions[0].joints);
  const least = new Float64Array(size);
  for (const slice of slices) {
    const deviation = MOVING[slice.term.name];
    if (deviation === undefined) continue;
    (slice.term.joints ?? all).forEach((joint, j) => {
      if (!driven.has(joint)) fillPast(least, slice, j, deviation);
    });
  }
  return least;
}

function fillPast(
  least: Float64Array,
  { term, offset, size, length }: ObservationSlice,
  j: number,
  deviation: number,
): void {
  const scale = typeof term.scale === "number" ? term.scale : term.scale[j];
  for (let at = offset + j; at < offset + length; at += size) least[at] = deviation * scale;
}
