import type { RobotSpec } from "../../sim/index.ts";
import type { SentCommand } from "../robot-link.ts";
import type { RobotState } from "../robot-state.ts";
import { FAULT_CAUSES, PHASES } from "../safety/phase.ts";

/** How many numbers one sample of the motor loop takes: a state, and what was sent in answer to it. */
export function sampleSize({ joints }: Pick<RobotSpec, "joints">): number {
  return 10 * joints.length + SCALARS;
}

const SCALARS = 2 + 10 + 3 + 3 + 3 + 5 + 7;

/** Writes a state and what was sent as numbers, from `at` on. Allocates nothing. */
export function writeSample(state: RobotState, sent: SentCommand, out: Float64Array, at: number): void {
  const { imu, battery, remote } = state;
  const { command } = sent;
  let i = at;
  out[i++] = state.time;
  out[i++] = state.sequence;
  i = put(state.q, out, i);
  i = put(state.dq, out, i);
  i = put(state.tau, out, i);
  i = put(state.temperature, out, i);
  i = put(state.motorFault, out, i);
  i = put(imu.quat, out, i);
  i = put(imu.gyro, out, i);
  i = put(imu.acc, out, i);
  i = put(state.basePos, out, i);
  i = put(state.baseLinVel, out, i);
  out[i++] = battery.charge;
  out[i++] = battery.voltage;
  out[i++] = battery.current;
  out[i++] = remote.lx;
  out[i++] = remote.ly;
  out[i++] = remote.rx;
  out[i++] = remote.ry;
  out[i++] = remote.keys;
  i = put(command.q, out, i);
  i = put(command.dq, out, i);
  i = put(command.kp, out, i);
  i = put(command.kd, out, i);
  i = put(command.tau, out, i);
  out[i++] = command.isEnabled ? 1 : 0;
  out[i++] = command.weight;
  out[i++] = sent.sequence;
  out[i++] = PHASES.indexOf(sent.phase);
  out[i++] = FAULT_CAUSES.indexOf(sent.fault);
  out[i++] = FAULT_CAUSES.indexOf(sent.refusal);
  out[i++] = sent.limits;
}

/** Reads what `writeSample` wrote. Allocates nothing. */
export function readSample(from: ArrayLike<number>, at: number, state: RobotState, sent: SentCommand): void {
  const { imu, battery, remote } = state;
  const { command } = sent;
  let i = at;
  state.time = from[i++];
  state.sequence = from[i++];
  i = take(from, i, state.q);
  i = take(from, i, state.dq);
  i = take(from, i, state.tau);
  i = take(from, i, state.temperature);
  i = take(from, i, state.motorFault);
  i = take(from, i, imu.quat);
  i = take(from, i, imu.gyro);
  i = take(from, i, imu.acc);
  i = take(from, i, state.basePos);
  i = take(from, i, state.baseLinVel);
  battery.charge = from[i++];
  battery.voltage = from[i++];
  battery.current = from[i++];
  remote.lx = from[i++];
  remote.ly = from[i++];
  remote.rx = from[i++];
  remote.ry = from[i++];
  remote.keys = from[i++];
  i = take(from, i, command.q);
  i = take(from, i, command.dq);
  i = take(from, i, command.kp);
  i = take(from, i, command.kd);
  i = take(from, i, command.tau);
  command.isEnabled = from[i++] === 1;
  command.weight = from[i++];
  sent.sequence = from[i++];
  sent.phase = PHASES[from[i++]] ?? "fault";
  sent.fault = FAULT_CAUSES[from[i++]] ?? "none";
  sent.refusal = FAULT_CAUSES[from[i++]] ?? "none";
  sent.limits = from[i++];
}

function put(values: ArrayLike<number>, out: Float64Array, at: number): number {
  for (let k = 0; k < values.length; k++) out[at + k] = values[k];
  return at + values.length;
}

function take(from: ArrayLike<number>, at: number, out: Float64Array | Uint32Array): number {
  for (let k = 0; k < out.length; k++) out[k] = from[at + k];
  return at + out.length;
}
