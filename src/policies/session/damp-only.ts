import type { JointTargets, SimulatedRobot } from "../../sim/index.ts";

/** Writes targets with which the motors resist movement and hold nothing. */
export function dampOnly({ robot, truth }: SimulatedRobot, { q, kp, kd, tau }: JointTargets): void {
  for (let j = 0; j < robot.joints.length; j++) {
    q[j] = truth.q[j];
    kp[j] = 0;
    kd[j] = robot.joints[j].kd;
    tau[j] = 0;
  }
}
