import type { MotorCommand } from "../motor-command.ts";
import type { Envelope, JointLimits } from "./envelope.ts";
import type { FaultCause } from "./phase.ts";
import { MAX_CHUNK_POINTS, type TargetChunk } from "./target-chunk.ts";

/**
 * Why a chunk must not be followed at all, or "none": it holds something that is no number, leaps, leaves the joints' range
 * by far (as swapped joints do), or is not of this moment. Smaller trespasses are cut down instead. Allocates nothing.
 *
 * @param before the targets that it would follow on
 * @param now s
 */
export function refusalOf(
  chunk: TargetChunk,
  before: MotorCommand,
  now: number,
  limits: JointLimits,
  envelope: Envelope,
): FaultCause {
  if (!(chunk.count >= 1 && chunk.count <= MAX_CHUNK_POINTS)) return "not finite";
  if (!isNumeric(chunk)) return "not finite";
  if (!isOfNow(chunk, now, envelope)) return "clock";
  const joints = chunk.kp.length;
  for (let point = 0; point < chunk.count; point++) {
    for (let j = 0; j < joints; j++) {
      const q = chunk.q[point * joints + j];
      const last = point === 0 ? before.q[j] : chunk.q[(point - 1) * joints + j];
      if (Math.abs(q - last) > limits.targetJump[j]) return "target jump";
      const slack = limits.outOfRange[j];
      if (q < limits.hardLow[j] - slack || q > limits.hardHigh[j] + slack) return "joint position";
    }
  }
  return "none";
}

function isNumeric({ count, time, q, dq, tau, kp, kd }: TargetChunk): boolean {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += time[i];
  for (let i = 0; i < count * kp.length; i++) sum += q[i] * 0 + dq[i] * 0 + tau[i] * 0;
  let isNegative = false;
  for (let j = 0; j < kp.length; j++) {
    sum += kp[j] * 0 + kd[j] * 0;
    isNegative ||= kp[j] < 0 || kd[j] < 0; // a negative gain drives a joint away
  }
  return sum - sum === 0 && !isNegative;
}

/** Points rise in time, do not all lie further back than they would be held, nor further ahead than anyone can foresee. */
function isOfNow({ count, time }: TargetChunk, now: number, envelope: Envelope): boolean {
  for (let i = 1; i < count; i++) if (!(time[i] > time[i - 1])) return false;
  const oldest = now - envelope.controlPeriod * (1 + envelope.holdPeriods);
  return time[count - 1] >= oldest && time[count - 1] <= now + envelope.maxAhead;
}
