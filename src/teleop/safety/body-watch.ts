import { pitchOf, projectedGravity, rollOf } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import type { RobotState } from "../robot-state.ts";
import type { BodyGeometry } from "./body-geometry.ts";
import type { Envelope, JointLimits } from "./envelope.ts";
import { Kinematics } from "./kinematics.ts";
import { pelvisFromTorso } from "./pelvis-frame.ts";
import type { FaultCause } from "./phase.ts";

/** States in a row that must say so before a joint's speed or place is believed to be wrong: one may be a glitch. */
const CONFIRM_STATES = 8;
/** How far outside its range a joint may be measured before its encoder is in doubt, rad. */
const ENCODER_SLACK = 0.15;

/** No joint of a humanoid turns that far, rad, or that fast, rad/s: the message is broken. */
const MAX_ANGLE = 20;
const MAX_SPEED = 1000;

/** Watches what the sensors say of the whole robot. Allocates nothing after construction. */
export class BodyWatch {
  readonly #envelope: Envelope;
  readonly #limits: JointLimits;
  readonly #kinematics: Kinematics;
  readonly #soles: BodyGeometry["soles"];
  readonly #waist: number;
  readonly #imuBody: "pelvis" | "torso";
  readonly #quat = Float64Array.of(1, 0, 0, 0);
  readonly #down = new Float64Array(3);
  readonly #point = new Float64Array(3);
  readonly #tooFast: Uint8Array;
  readonly #outside: Uint8Array;

  constructor(
    robot: RobotSpec,
    geometry: BodyGeometry,
    envelope: Envelope,
    limits: JointLimits,
    imuBody: "pelvis" | "torso",
  ) {
    this.#envelope = envelope;
    this.#limits = limits;
    this.#kinematics = new Kinematics(robot, geometry);
    this.#soles = geometry.soles;
    this.#waist = robot.joints.findIndex(({ name }) => name === "torso_joint" || name === "waist_yaw_joint");
    this.#imuBody = imuBody;
    this.#tooFast = new Uint8Array(robot.joints.length);
    this.#outside = new Uint8Array(robot.joints.length);
  }

  /** Whether all numbers of a state are numbers that a robot could have measured, and its quaternion is one. */
  isPlausible({ q, dq, imu }: RobotState): boolean {
    let sum = 0;
    for (let j = 0; j < q.length; j++) {
      if (Math.abs(q[j]) > MAX_ANGLE || Math.abs(dq[j]) > MAX_SPEED) return false;
      sum += q[j] + dq[j];
    }
    for (let k = 0; k < 3; k++) sum += imu.gyro[k];
    const [w, x, y, z] = [imu.quat[0], imu.quat[1], imu.quat[2], imu.quat[3]];
    const norm = w * w + x * x + y * y + z * z;
    return sum - sum === 0 && norm > 0.81 && norm < 1.21;
  }

  /** What is wrong with the robot while it is driven; looks at each new state once. */
  check(state: RobotState): FaultCause {
    const { temperature, motorFault, battery } = state;
    for (let j = 0; j < motorFault.length; j++) {
      if (motorFault[j] !== 0) return "motor fault";
      if (temperature[j] > this.#envelope.temperatureLimit) return "joint temperature";
    }
    if (battery.charge < this.#envelope.batteryLimit) return "battery";
    if (this.#isTilted(state)) return "tilt";
    if (this.baseHeight(state) < this.#envelope.minBaseHeight) return "base height";
    return this.#checkJoints(state);
  }

  /** What is wrong with standing up now; stricter where a limit would be met soon after. */
  checkStart(state: RobotState): FaultCause {
    const { temperature, battery } = state;
    for (let j = 0; j < temperature.length; j++)
      if (temperature[j] > this.#envelope.temperatureStart) return "joint temperature";
    if (battery.charge < this.#envelope.batteryStart) return "battery";
    return this.check(state);
  }

  /** Fastest joint, rad/s. */
  fastest({ dq }: RobotState): number {
    let fastest = 0;
    for (let j = 0; j < dq.length; j++) fastest = Math.max(fastest, Math.abs(dq[j]));
    return fastest;
  }

  /** Pelvis above the lowest corner of the soles, along gravity, m; from the joints, so it needs no ground. */
  baseHeight(state: RobotState): number {
    this.#kinematics.pose(state.q);
    projectedGravity(this.#pelvis(state), this.#down);
    let height = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#soles.length; i++) {
      const { link, pos } = this.#soles[i];
      this.#kinematics.point(link, pos[0], pos[1], pos[2], this.#point);
      let depth = 0;
      for (let axis = 0; axis < 3; axis++) depth += this.#point[axis] * this.#down[axis];
      height = Math.max(height, depth);
    }
    return this.#soles.length === 0 ? Number.POSITIVE_INFINITY : height;
  }

  #isTilted(state: RobotState): boolean {
    const pelvis = this.#pelvis(state);
    const { roll, pitch } = this.#envelope;
    return !(Math.abs(rollOf(pelvis)) <= roll && Math.abs(pitchOf(pelvis)) <= pitch);
  }

  #pelvis({ q, imu }: RobotState): Float64Array {
    if (this.#imuBody === "pelvis" || this.#waist < 0) this.#quat.set(imu.quat);
    else pelvisFromTorso(imu.quat, q[this.#waist], this.#quat);
    return this.#quat;
  }

  #checkJoints({ q, dq }: RobotState): FaultCause {
    const { hardLow, hardHigh, overspeed } = this.#limits;
    let cause: FaultCause = "none";
    for (let j = 0; j < q.length; j++) {
      const isFast = Math.abs(dq[j]) > overspeed[j];
      this.#tooFast[j] = isFast ? Math.min(CONFIRM_STATES, this.#tooFast[j] + 1) : 0;
      const isOutside = q[j] < hardLow[j] - ENCODER_SLACK || q[j] > hardHigh[j] + ENCODER_SLACK;
      this.#outside[j] = isOutside ? Math.min(CONFIRM_STATES, this.#outside[j] + 1) : 0;
      if (this.#tooFast[j] >= CONFIRM_STATES) cause = "joint speed";
      if (this.#outside[j] >= CONFIRM_STATES) cause = "joint position";
    }
    return cause;
  }
}
