import { dense, type Example, type Node, neg, relu, slice } from "../../learn/index.ts";
import { liftFactor, type TaskConfig } from "../../sim/index.ts";

/** How far a leg is drawn up at the height of its swing: hip and ankle once, knee twice, rad. */
const LIFT = 0.3;

/**
 * Stepping on the spot in time with the gait clock, as an example for legs that cannot walk yet: each leg is drawn up
 * by the part of its clock's sine that is below zero, which is its swing. Of a task whose policy observes `gait_phase_feet`
 * last, as ALMI's lower body does.
 */
export function firstSteps({ actions: [group] }: TaskConfig): Example {
  const { joints, scale } = group;
  const perFoot = ["left_", "right_"].flatMap((side) =>
    joints.map((joint, k) =>
      joint.startsWith(side)
        ? (LIFT * liftFactor(joint)) / (typeof scale === "number" ? scale : scale[k])
        : 0,
    ),
  );
  return (obs: Node) => {
    const size = obs.shape.at(-1) as number;
    const swing = relu(neg(slice(obs, size - 2, size, -1)));
    return dense(swing, obs.graph.constant(perFoot, [2, joints.length]));
  };
}
