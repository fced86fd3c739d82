import {
  type ControlState,
  type JointTargets,
  jointIndices,
  jointNames,
  type RobotSpec,
} from "../sim/index.ts";
import type { Policy } from "./policy.ts";

/** Follows the reference of the state open loop: the targets are the angles asked for, with the robot's own gains. */
export class MotionPolicy implements Policy {
  readonly name = "motion";
  readonly joints: readonly string[];
  readonly controlTimestep: number;
  readonly #robot: RobotSpec;
  readonly #indices: Int32Array;

  /** Drives waist, arms and wrists unless other joints are named. Throws `UnknownNameError` for one that is missing. */
  constructor(
    robot: RobotSpec,
    controlTimestep: number,
    joints: readonly string[] = jointNames(robot, "upper", "wrist"),
  ) {
    this.joints = joints;
    this.controlTimestep = controlTimestep;
    this.#robot = robot;
    this.#indices = jointIndices(robot, joints);
  }

  reset(): void {}

  async act(state: ControlState, targets: JointTargets): Promise<void> {
    for (let i = 0; i < this.#indices.length; i++) {
      const index = this.#indices[i];
      const { kp, kd } = this.#robot.joints[index];
      targets.q[index] = state.reference[index];
      targets.kp[index] = kp;
      targets.kd[index] = kd;
      targets.tau[index] = 0;
    }
  }
}
