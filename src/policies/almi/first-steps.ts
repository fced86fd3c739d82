import type { Example } from "../../learn/index.ts";
import { liftFactor, type TaskConfig } from "../../sim/index.ts";
import { jointKind, swingPose } from "../swing-pose.ts";

/** How far a leg is drawn up at the height of its swing: hip and ankle once, knee twice, rad. */
const LIFT = 0.3;

/**
 * Stepping on the spot in time with the gait clock, as an example for legs that cannot walk yet: each leg is drawn up
 * by the part of its clock's sine that is below zero, which is its swing. Of a task whose policy observes `gait_phase_feet`
 * last, as ALMI's lower body does.
 */
export function firstSteps({ actions: [group] }: TaskConfig): Example {
  const lifts = group.joints.map((joint) => [jointKind(joint), LIFT * liftFactor(joint)] as const);
  return swingPose(group, Object.fromEntries(lifts));
}
