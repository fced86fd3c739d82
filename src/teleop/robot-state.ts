import type { RobotSpec } from "../sim/index.ts";

/** What the robot's sensors say. Kept and overwritten in place: copy what must last. Joint arrays follow the robot's order. */
export interface RobotState {
  /** When it was taken in, s, on the clock of whoever reads it: monotonic, with an origin of its own. */
  time: number;
  /** Counts up by one with each state; 0 before the first. Gaps are lost states. */
  sequence: number;
  /** Joint positions, rad; velocities, rad/s; the motors' own estimates of their torques, N·m. */
  readonly q: Float64Array;
  readonly dq: Float64Array;
  readonly tau: Float64Array;
  /** The hottest sensor of each motor, °C; NaN where the robot has none. */
  readonly temperature: Float64Array;
  /** Fault bits of each motor, 0 while it is well. */
  readonly motorFault: Uint32Array;
  readonly imu: InertialReading;
  /** Pelvis position (world), m, and linear velocity (pelvis frame), m/s; NaN unless something knows, as a simulator does. */
  readonly basePos: Float64Array;
  readonly baseLinVel: Float64Array;
  readonly battery: Battery;
  readonly remote: RemoteControl;
}

/** The inertial unit in its own frame: the torso's on both Unitree humanoids, see `RobotSpec.imuSite`. */
export interface InertialReading {
  /** World from IMU, [w, x, y, z], unit length. */
  readonly quat: Float64Array;
  /** rad/s */
  readonly gyro: Float64Array;
  /** Proper acceleration, m/s²: +9.81 upwards at rest. */
  readonly acc: Float64Array;
}

/** All NaN where the robot does not say. */
export interface Battery {
  /** 0 to 1 */
  charge: number;
  /** V */
  voltage: number;
  /** A */
  current: number;
}

/** The hand-held remote control. Sticks from -1 to 1: right and up are positive. */
export interface RemoteControl {
  lx: number;
  ly: number;
  rx: number;
  ry: number;
  /** Bit mask of `REMOTE_KEYS`. */
  keys: number;
}

/** Bits of `RemoteControl.keys`, in Unitree's order. */
export const REMOTE_KEYS = {
  R1: 1 << 0,
  L1: 1 << 1,
  start: 1 << 2,
  select: 1 << 3,
  R2: 1 << 4,
  L2: 1 << 5,
  F1: 1 << 6,
  F2: 1 << 7,
  A: 1 << 8,
  B: 1 << 9,
  X: 1 << 10,
  Y: 1 << 11,
  up: 1 << 12,
  right: 1 << 13,
  down: 1 << 14,
  left: 1 << 15,
} as const;

/** A state that nothing has been heard of yet: sequence 0, joints at 0, upright, everything unknown NaN. */
export function createRobotState({ joints }: Pick<RobotSpec, "joints">): RobotState {
  const count = joints.length;
  return {
    time: Number.NEGATIVE_INFINITY,
    sequence: 0,
    q: new Float64Array(count),
    dq: new Float64Array(count),
    tau: new Float64Array(count),
    temperature: new Float64Array(count).fill(Number.NaN),
    motorFault: new Uint32Array(count),
    imu: { quat: Float64Array.of(1, 0, 0, 0), gyro: new Float64Array(3), acc: new Float64Array(3) },
    basePos: new Float64Array(3).fill(Number.NaN),
    baseLinVel: new Float64Array(3).fill(Number.NaN),
    battery: { charge: Number.NaN, voltage: Number.NaN, current: Number.NaN },
    remote: { lx: 0, ly: 0, rx: 0, ry: 0, keys: 0 },
  };
}

/** Copies one state over another of the same robot. Allocates nothing. */
export function copyRobotState(from: RobotState, to: RobotState): void {
  to.time = from.time;
  to.sequence = from.sequence;
  to.q.set(from.q);
  to.dq.set(from.dq);
  to.tau.set(from.tau);
  to.temperature.set(from.temperature);
  to.motorFault.set(from.motorFault);
  to.imu.quat.set(from.imu.quat);
  to.imu.gyro.set(from.imu.gyro);
  to.imu.acc.set(from.imu.acc);
  to.basePos.set(from.basePos);
  to.baseLinVel.set(from.baseLinVel);
  to.battery.charge = from.battery.charge;
  to.battery.voltage = from.battery.voltage;
  to.battery.current = from.battery.current;
  to.remote.lx = from.remote.lx;
  to.remote.ly = from.remote.ly;
  to.remote.rx = from.remote.rx;
  to.remote.ry = from.remote.ry;
  to.remote.keys = from.remote.keys;
}
