import { ContrappostoError } from "../../common/index.ts";
import type { JointTargets } from "../control-state.ts";
import type { RobotSpec } from "../robots/robot.ts";

/** A joint target, gain or feed-forward torque is not a finite number. MuJoCo would let go of all motors without a word. */
export class InvalidTargetError extends ContrappostoError {
  override readonly code = "INVALID_TARGET";

  constructor(joint: string, field: string, value: number) {
    super(
      `The target "${field}" of joint "${joint}" is ${value}.`,
      "Check what the policy or the command source puts out; its inputs may be outside what it was trained on.",
    );
  }
}

/** Throws `InvalidTargetError` unless every number of the targets is finite. Allocates nothing. */
export function assertFiniteTargets(targets: JointTargets, robot: RobotSpec): void {
  const { q, kp, kd, tau } = targets;
  let sum = 0;
  for (let j = 0; j < q.length; j++) sum += q[j] + kp[j] + kd[j] + tau[j];
  if (sum - sum === 0) return; // false for NaN and infinities alone
  for (const [field, values] of Object.entries({ q, kp, kd, tau })) {
    const j = values.findIndex((value) => !Number.isFinite(value));
    if (j >= 0) throw new InvalidTargetError(robot.joints[j].name, field, values[j]);
  }
}
