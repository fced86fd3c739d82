import { type ControlState, createControlState } from "../../sim/index.ts";
import type { RobotLink } from "../robot-link.ts";
import { pelvisFromTorso, pelvisRateFromTorso } from "../safety/pelvis-frame.ts";

/**
 * What a policy reads, made from what a robot says: the same vector as in the simulator. Joints are already in the
 * robot's declared order; the inertial unit above the waist is turned into the pelvis' frame. Pelvis position and
 * velocity are privileged: NaN where the robot does not know them.
 */
export class LinkObserver {
  readonly state: ControlState;
  readonly #link: Pick<RobotLink, "robot" | "state" | "imuBody">;
  readonly #waist: number;

  constructor(link: Pick<RobotLink, "robot" | "state" | "imuBody">) {
    this.#link = link;
    this.state = createControlState(link.robot);
    this.#waist = link.robot.joints.findIndex(({ name }) => name === "torso_joint");
  }

  /** Writes `state` anew from the link's newest state. Allocates nothing. */
  observe(time: number, step: number): ControlState {
    const { state } = this;
    const { q, dq, tau, imu, basePos, baseLinVel } = this.#link.state;
    state.time = time;
    state.step = step;
    state.q.set(q);
    state.dq.set(dq);
    state.tau.set(tau);
    state.basePos.set(basePos);
    state.baseLinVel.set(baseLinVel);
    if (this.#link.imuBody === "pelvis" || this.#waist < 0) {
      state.baseQuat.set(imu.quat);
      state.baseAngVel.set(imu.gyro);
    } else {
      pelvisFromTorso(imu.quat, q[this.#waist], state.baseQuat);
      pelvisRateFromTorso(imu.gyro, q[this.#waist], dq[this.#waist], state.baseAngVel);
    }
    return state;
  }
}
