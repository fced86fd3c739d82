import type { JointTargets, RobotSpec } from "../sim/index.ts";

/**
 * What each motor is told: tau = kp (q - q_measured) + kd (dq - dq_measured) + tau, closed on the motor's own driver.
 * Arrays are in the robot's joint order. `JointTargets` of the simulator with velocity targets besides.
 */
export interface MotorCommand extends JointTargets {
  /** Velocity targets, rad/s. */
  readonly dq: Float64Array;
  /** False only while passive: the motors' mode bytes then say "off". */
  isEnabled: boolean;
  /**
   * How much of the upper body this command has, 0 to 1, where it is blended over the maker's own controller (`arm_sdk`).
   * Ports in whole-body mode ignore it.
   */
  weight: number;
}

/** A command that lets go of every motor: no gains, no torque, off. */
export function createMotorCommand({ joints }: Pick<RobotSpec, "joints">): MotorCommand {
  const zeros = () => new Float64Array(joints.length);
  return { q: zeros(), dq: zeros(), kp: zeros(), kd: zeros(), tau: zeros(), isEnabled: false, weight: 0 };
}

/** Copies one command over another of the same robot. Allocates nothing. */
export function copyMotorCommand(from: MotorCommand, to: MotorCommand): void {
  to.q.set(from.q);
  to.dq.set(from.dq);
  to.kp.set(from.kp);
  to.kd.set(from.kd);
  to.tau.set(from.tau);
  to.isEnabled = from.isEnabled;
  to.weight = from.weight;
}
