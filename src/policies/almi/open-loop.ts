import { dense, type Example, type Node, slice, sub } from "../../learn/index.ts";
import { jointIndices, jointNames, type RobotSpec, type TaskConfig } from "../../sim/index.ts";

/**
 * Open-loop control, as what arms begin with: each joint of the upper body is asked for where its reference is, any other for
 * its default. Of a task whose policy observes `joint_reference` of the upper body after six values of the IMU, as ALMI's
 * upper body does.
 */
export function openLoop(robot: RobotSpec, { actions: [group] }: TaskConfig): Example {
  const { joints, scale } = group;
  const arms = jointNames(robot, "upper");
  const rest = Float32Array.from(jointIndices(robot, arms), (index) => robot.joints[index].default);
  const inverse = arms.flatMap((arm) =>
    joints.map((joint, k) => (joint === arm ? 1 / (typeof scale === "number" ? scale : scale[k]) : 0)),
  );
  return (obs: Node) => {
    const reference = slice(obs, 6, 6 + arms.length, -1);
    const offset = sub(reference, obs.graph.constant(rest));
    return dense(offset, obs.graph.constant(inverse, [arms.length, joints.length]));
  };
}
