import { UsageError } from "../../common/index.ts";
import type { JointTargets } from "../control-state.ts";
import type { Model, Simulation } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { RobotIndex } from "./robot-index.ts";

const UNLIMITED = 1e6;

/** Per-joint deviations of the motors from their data sheet; all arrays in the robot's order. */
export interface MotorDeviations {
  readonly kpScale: Float64Array;
  readonly kdScale: Float64Array;
  readonly torqueScale: Float64Array;
  /** Coulomb friction, N·m. */
  readonly friction: Float64Array;
}

/** Turns joint targets into the engine's controls, once per physics step. */
export interface Actuation {
  /** Writes `ctrl` for the targets. Allocates nothing. */
  apply(simulation: Simulation, targets: JointTargets, motors: MotorDeviations): void;
}

/**
 * The motor's own loop at the physics rate: tau = clip(kp (q* - q) - kd dq + tau_ff, ±limit), as ALMI and Unitree's
 * gym run it and as the motor drivers do. Friction acts on the joint besides, so the motor's torque does not show it.
 */
export class TorqueActuation implements Actuation {
  readonly #index: RobotIndex;
  readonly #limits: Float64Array;

  /** @throws UsageError where an actuator is no plain motor of gear 1 */
  constructor(robot: RobotSpec, index: RobotIndex, model: Model) {
    this.#index = index;
    this.#limits = Float64Array.from(robot.joints, (joint) => joint.torqueLimit);
    const { actuator_gaintype, actuator_gainprm, actuator_biastype, actuator_gear } = model.views;
    for (const [j, i] of index.actuator.entries()) {
      const isMotor =
        actuator_gaintype[i] === 0 && actuator_gainprm[10 * i] === 1 && actuator_biastype[i] === 0;
      if (isMotor && actuator_gear[6 * i] === 1) continue;
      throw new UsageError(
        `The actuator of joint "${robot.joints[j].name}" in ${model.label} is no plain motor.`,
        "Torque actuation needs <motor> elements with gear 1; importing the robot makes them.",
      );
    }
  }

  apply(simulation: Simulation, targets: JointTargets, motors: MotorDeviations): void {
    const { qpos, qvel, ctrl, qfrc_applied } = simulation.views;
    const { qpos: qposOf, dof, actuator } = this.#index;
    for (let j = 0; j < actuator.length; j++) {
      const dq = qvel[dof[j]];
      const spring = motors.kpScale[j] * targets.kp[j] * (targets.q[j] - qpos[qposOf[j]]);
      const damping = motors.kdScale[j] * targets.kd[j] * dq;
      ctrl[actuator[j]] = clip(motors.torqueScale[j] * (spring - damping + targets.tau[j]), this.#limits[j]);
      qfrc_applied[dof[j]] = -coulomb(motors.friction[j], dq);
    }
  }
}

/**
 * The engine's position servo, whose damping the implicit integrators fold into the mass matrix, so that it stays
 * stable at larger steps; the engine clips the sum at the joint. Gains live in the model, which worlds may share: they
 * are compared at each step and written where they differ.
 */
export class PositionActuation implements Actuation {
  readonly #index: RobotIndex;

  /** @throws UsageError where a joint has no torque limit in the model, or an actuator has a gear */
  constructor(robot: RobotSpec, index: RobotIndex, model: Model) {
    this.#index = index;
    const { actuator_gaintype, actuator_biastype, actuator_ctrlrange, actuator_gear } = model.views;
    const { jnt_actfrcrange, actuator_trnid } = model.views;
    for (const [j, i] of index.actuator.entries()) {
      actuator_gaintype[i] = 0; // fixed gain
      actuator_biastype[i] = 1; // affine bias: b0 + b1 q + b2 dq
      actuator_ctrlrange[2 * i] = -UNLIMITED;
      actuator_ctrlrange[2 * i + 1] = UNLIMITED;
      if (jnt_actfrcrange[2 * actuator_trnid[2 * i] + 1] > 0 && actuator_gear[6 * i] === 1) continue;
      throw new UsageError(
        `The joint "${robot.joints[j].name}" has no actuatorfrcrange in ${model.label}, or its motor has a gear.`,
        "Position actuation lets the engine limit torque at the joint: set both, or use torque actuation.",
      );
    }
  }

  apply(simulation: Simulation, targets: JointTargets, motors: MotorDeviations): void {
    const { ctrl, qvel, qfrc_applied } = simulation.views;
    const { actuator_gainprm, actuator_biasprm } = simulation.model.views;
    const { actuator, dof } = this.#index;
    for (let j = 0; j < actuator.length; j++) {
      const i = actuator[j];
      const kp = motors.torqueScale[j] * motors.kpScale[j] * targets.kp[j];
      const kd = motors.torqueScale[j] * motors.kdScale[j] * targets.kd[j];
      if (actuator_gainprm[10 * i] !== kp || actuator_biasprm[10 * i + 2] !== -kd) {
        actuator_gainprm[10 * i] = kp;
        actuator_biasprm[10 * i + 1] = -kp;
        actuator_biasprm[10 * i + 2] = -kd;
      }
      actuator_biasprm[10 * i] = motors.torqueScale[j] * targets.tau[j];
      ctrl[i] = targets.q[j];
      qfrc_applied[dof[j]] = -coulomb(motors.friction[j], qvel[dof[j]]);
    }
  }
}

/** Smoothed Coulomb friction: full beyond 0.05 rad/s, so that a resting joint does not chatter. */
function coulomb(friction: number, dq: number): number {
  return friction === 0 ? 0 : friction * Math.min(1, Math.max(-1, dq / 0.05));
}

function clip(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
