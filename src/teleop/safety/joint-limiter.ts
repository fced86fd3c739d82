import type { MotorCommand } from "../motor-command.ts";
import type { RobotState } from "../robot-state.ts";
import type { JointLimits } from "./envelope.ts";
import { LIMITS } from "./phase.ts";

/**
 * Cuts positions, velocities, gains and feed-forward torques down to their limits, in place. Returns the bits of `LIMITS`
 * for what it cut. Allocates nothing.
 *
 * Policies ask for angles beyond a joint's range where they want its torque, at the ankles above all. What is cut off the
 * angle is therefore asked for as feed-forward torque, which is limited and fades out where the joint itself nears the end
 * of its range: the same push while there is room, and none against the stop.
 */
export function clipToLimits(command: MotorCommand, state: RobotState, limits: JointLimits): number {
  const { q, dq, kp, kd, tau } = command;
  let cut = 0;
  for (let j = 0; j < q.length; j++) {
    const clippedKp = clip(kp[j], 0, limits.kp[j]);
    const clippedKd = clip(kd[j], 0, limits.kd[j]);
    if (clippedKp !== kp[j] || clippedKd !== kd[j]) cut |= LIMITS.gain;
    kp[j] = clippedKp;
    kd[j] = clippedKd;
    const clippedDq = clip(dq[j], -limits.speed[j], limits.speed[j]);
    if (clippedDq !== dq[j]) cut |= LIMITS.velocity;
    dq[j] = clippedDq;
    const clippedQ = clip(q[j], limits.low[j], limits.high[j]);
    const beyond = q[j] - clippedQ;
    if (beyond !== 0) cut |= LIMITS.position;
    q[j] = clippedQ;
    const room = beyond > 0 ? limits.high[j] - state.q[j] : state.q[j] - limits.low[j];
    const wanted = tau[j] + kp[j] * beyond * clip(room / FADE, 0, 1);
    const clippedTau = clip(wanted, -limits.feedForward[j], limits.feedForward[j]);
    if (clippedTau !== wanted) cut |= LIMITS.torque;
    tau[j] = clippedTau;
  }
  return cut;
}

/** Where a push towards the end of a joint's range begins to fade, rad before the end. */
const FADE = 0.1;

/**
 * Keeps position targets from moving faster than the joints' speed allows, in place.
 *
 * @param previous what was sent before
 * @param seconds since then
 */
export function limitRate(
  command: MotorCommand,
  previous: MotorCommand,
  seconds: number,
  limits: JointLimits,
): number {
  let cut = 0;
  for (let j = 0; j < command.q.length; j++) {
    const reach = limits.speed[j] * seconds;
    const q = clip(command.q[j], previous.q[j] - reach, previous.q[j] + reach);
    if (q !== command.q[j]) cut = LIMITS.rate;
    command.q[j] = q;
  }
  return cut;
}

/**
 * Where the motor would be asked for more torque than allowed in the measured state, weakens its gains and feed-forward
 * alike until it is just as much: the torque keeps its sign, and every part of the command its own limit.
 */
export function limitTorque(command: MotorCommand, state: RobotState, limits: JointLimits): number {
  const { q, dq, kp, kd, tau } = command;
  let cut = 0;
  for (let j = 0; j < q.length; j++) {
    const torque = kp[j] * (q[j] - state.q[j]) + kd[j] * (dq[j] - state.dq[j]) + tau[j];
    const limit = limits.torque[j];
    if (!(Math.abs(torque) > limit)) continue;
    const share = limit / Math.abs(torque);
    kp[j] *= share;
    kd[j] *= share;
    tau[j] *= share;
    cut = LIMITS.torque;
  }
  return cut;
}

function clip(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
