import {
  type ControlState,
  type JointTargets,
  jointIndices,
  jointNames,
  type RobotSpec,
} from "../sim/index.ts";
import type { Policy } from "./policy.ts";

/** Holds joints still in the robot's default pose, with its own gains. */
export class HoldPosePolicy implements Policy {
  readonly name = "hold pose";
  readonly joints: readonly string[];
  readonly controlTimestep: number;
  readonly #robot: RobotSpec;
  readonly #indices: Int32Array;

  /** Throws `UnknownNameError` for a joint that the robot does not have. All joints are held where none are named. */
  constructor(robot: RobotSpec, controlTimestep: number, joints: readonly string[] = jointNames(robot)) {
    this.joints = joints;
    this.controlTimestep = controlTimestep;
    this.#robot = robot;
    this.#indices = jointIndices(robot, joints);
  }

  reset(): void {}

  async act(_state: ControlState, targets: JointTargets): Promise<void> {
    for (let i = 0; i < this.#indices.length; i++) {
      const index = this.#indices[i];
      const joint = this.#robot.joints[index];
      targets.q[index] = joint.default;
      targets.kp[index] = joint.kp;
      targets.kd[index] = joint.kd;
      targets.tau[index] = 0;
    }
  }
}
