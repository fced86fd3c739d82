import { type Example, mul, type Node, slice, sub } from "../../learn/index.ts";
import { jointIndices, type RobotSpec, type TaskConfig } from "../../sim/index.ts";

/**
 * Open-loop control, as what arms begin with: each joint is asked for where its reference is. Of a
 * task whose policy observes `joint_reference` of the joints that it drives after six values of the IMU, as ALMI's upper
 * body does.
 */
export function openLoop(robot: RobotSpec, { actions: [group] }: TaskConfig): Example {
  const { joints, scale } = group;
  const rest = Float32Array.from(jointIndices(robot, joints), (index) => robot.joints[index].default);
  const inverse = Float32Array.from(joints, (_, k) => 1 / (typeof scale === "number" ? scale : scale[k]));
  return (obs: Node) => {
    const reference = slice(obs, 6, 6 + joints.length, -1);
    return mul(sub(reference, obs.graph.constant(rest)), obs.graph.constant(inverse));
  };
}
