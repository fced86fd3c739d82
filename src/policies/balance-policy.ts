import { toRollPitchYaw } from "../common/index.ts";
import { type ControlState, type JointTargets, jointIndices, type RobotSpec } from "../sim/index.ts";
import type { Policy } from "./policy.ts";

/** Settings of the standing controller. Found by a search over 72 combinations on both robots, with shoves. */
export interface BalanceGains {
  /** Stiffness and damping of the ankles, N·m/rad and N·m·s/rad. */
  readonly ankleKp: number;
  readonly ankleKd: number;
  /** Factors on the other leg joints' own stiffness and damping. */
  readonly legKpScale: number;
  readonly legKdScale: number;
  /** Ankle pitch target per rad of body pitch, and per rad/s of pitch rate. */
  readonly pitch: number;
  readonly pitchRate: number;
}

const GAINS: BalanceGains = {
  ankleKp: 400,
  ankleKd: 4,
  legKpScale: 5,
  legKdScale: 10,
  pitch: 1,
  pitchRate: 0.3,
};

/**
 * Stands without a learned policy: the ankle strategy. With stiff legs the body is an inverted pendulum on its ankles,
 * whose gravity stiffness m g h is about 630 N·m/rad for the H1-2. The motors' usual ankle loops give 2 x 40 and let it
 * fall in two seconds; here they are stiff enough to hold it, and their targets lean against the measured pelvis pitch
 * and pitch rate. Arms and waist follow the reference.
 *
 * It ignores velocity commands and does not step: shoves of 0.25 m/s are about what the ankles' torque limit can catch.
 * Its leg gains are above those that the makers' programs use, so it is for the simulator only.
 */
export class BalancePolicy implements Policy {
  readonly name = "balance";
  readonly joints: readonly string[];
  readonly controlTimestep: number;
  readonly #robot: RobotSpec;
  readonly #gains: BalanceGains;
  readonly #anklePitch: Int32Array;

  constructor(robot: RobotSpec, controlTimestep = 0.02, gains: BalanceGains = GAINS) {
    this.joints = robot.joints.map((joint) => joint.name);
    this.controlTimestep = controlTimestep;
    this.#robot = robot;
    this.#gains = gains;
    this.#anklePitch = jointIndices(
      robot,
      this.joints.filter((name) => /_ankle(_pitch)?_joint$/.test(name)),
    );
  }

  reset(): void {}

  async act(state: ControlState, targets: JointTargets): Promise<void> {
    const { joints } = this.#robot;
    const { ankleKp, ankleKd, legKpScale, legKdScale, pitch, pitchRate } = this.#gains;
    for (let j = 0; j < joints.length; j++) {
      const { group, name, kp, kd, default: rest } = joints[j];
      const isLeg = group === "lower";
      const isAnkle = isLeg && name.includes("_ankle_");
      targets.q[j] = isLeg ? rest : state.reference[j];
      targets.kp[j] = isAnkle ? ankleKp : isLeg ? legKpScale * kp : kp;
      targets.kd[j] = isAnkle ? ankleKd : isLeg ? legKdScale * kd : kd;
      targets.tau[j] = 0;
    }
    // Toes down, the ankles' positive direction, push the body back.
    const lean = pitch * toRollPitchYaw(state.baseQuat)[1] + pitchRate * state.baseAngVel[1];
    for (const j of this.#anklePitch) targets.q[j] += lean;
  }
}
