import { projectedGravity } from "../../common/index.ts";
import type { Plant } from "../../sim/index.ts";
import { jointIndices, jointNames } from "../../sim/index.ts";
import type { RolloutResult, RolloutStep, Subscriber } from "../rollout.ts";
import { type FeetMetrics, FeetWatch } from "./feet-metrics.ts";

/** How one episode went; averages over the steps alive. ALMI's measures, with the definitions of docs/evaluation.md. */
export interface EpisodeMetrics {
  readonly seconds: number;
  readonly fell: boolean;
  /** |v* - v| horizontally, pelvis frame, m/s. */
  readonly velError: number;
  /** |w* - w| about the vertical, rad/s. */
  readonly yawRateError: number;
  /** Mean |reference - q| over the upper body, rad. */
  readonly jointError: number;
  /** Horizontal part of projected gravity: 0 upright. */
  readonly gravityError: number;
  /** Mean |change of the leg targets| from step to step, rad. */
  readonly actionRate: number;
  /** Mean velocity [vx, vy, yaw rate] over the second half of the steps, pelvis frame. */
  readonly meanVel: readonly [number, number, number];
  /** Largest |dq| / limit and |tau| / limit over joints and steps. */
  readonly peakVelocityShare: number;
  readonly peakTorqueShare: number;
  /** Mean of how far the fastest joint is beyond 80 % of its motor's speed limit, as a share of that limit; 0 where none is. */
  readonly overspeed: number;
  /** How far the pelvis is in the end from where it was after the first step, horizontally, m. */
  readonly travelled: number;
  /** How the feet move; undefined where the model has no foot sensors. */
  readonly feet: FeetMetrics | undefined;
}

/** Share of a motor's speed limit that joints are to stay below, with the margin that hardware asks for. */
const MARGIN = 0.8;

/** Measures one rollout. */
export class LocomotionMetrics implements Subscriber {
  #lower: Int32Array = new Int32Array();
  #upper: Int32Array = new Int32Array();
  #lastTargets = new Float64Array();
  #velocities: number[] = [];
  readonly #sums = { vel: 0, yaw: 0, joint: 0, gravity: 0, action: 0 };
  #steps = 0;
  #peakVelocity = 0;
  #overspeed = 0;
  #peakTorque = 0;
  #result: RolloutResult | undefined;
  readonly #gravity = new Float64Array(3);
  readonly #from = new Float64Array(2);
  #travelled = 0;
  #feet: FeetWatch | undefined;

  start(plant: Plant): void {
    this.#feet = FeetWatch.on(plant);
    this.#lower = jointIndices(plant.robot, jointNames(plant.robot, "lower"));
    this.#upper = jointIndices(plant.robot, jointNames(plant.robot, "upper"));
    this.#lastTargets = new Float64Array(plant.robot.joints.length).fill(Number.NaN);
  }

  step({ plant, targets }: RolloutStep): void {
    const { truth, robot } = plant;
    const { command, baseLinVel, baseAngVel } = truth;
    const sums = this.#sums;
    sums.vel += Math.hypot(command[0] - baseLinVel[0], command[1] - baseLinVel[1]);
    sums.yaw += Math.abs(command[2] - baseAngVel[2]);
    sums.joint += meanOver(this.#upper, (j) => Math.abs(truth.reference[j] - truth.q[j]));
    projectedGravity(truth.baseQuat, this.#gravity);
    sums.gravity += Math.hypot(this.#gravity[0], this.#gravity[1]);
    if (this.#steps > 0)
      sums.action += meanOver(this.#lower, (j) => Math.abs(targets.q[j] - this.#lastTargets[j]));
    this.#lastTargets.set(targets.q);
    let fastest = 0;
    for (const [j, joint] of robot.joints.entries()) {
      fastest = Math.max(fastest, Math.abs(truth.dq[j]) / joint.velocityLimit);
      this.#peakTorque = Math.max(this.#peakTorque, Math.abs(truth.tau[j]) / joint.torqueLimit);
    }
    this.#peakVelocity = Math.max(this.#peakVelocity, fastest);
    this.#overspeed += Math.max(0, fastest - MARGIN);
    if (this.#steps === 0) this.#from.set(truth.basePos.subarray(0, 2));
    this.#travelled = Math.hypot(truth.basePos[0] - this.#from[0], truth.basePos[1] - this.#from[1]);
    this.#velocities.push(baseLinVel[0], baseLinVel[1], baseAngVel[2]);
    this.#feet?.look();
    this.#steps++;
  }

  end(result: RolloutResult): void {
    this.#result = result;
  }

  /** The measures of the finished rollout. */
  get metrics(): EpisodeMetrics {
    const steps = Math.max(1, this.#steps);
    const { vel, yaw, joint, gravity, action } = this.#sums;
    return {
      seconds: this.#result?.seconds ?? 0,
      fell: this.#result?.fell ?? false,
      velError: vel / steps,
      yawRateError: yaw / steps,
      jointError: joint / steps,
      gravityError: gravity / steps,
      actionRate: action / Math.max(1, steps - 1),
      meanVel: this.#meanOfSecondHalf(),
      peakVelocityShare: this.#peakVelocity,
      peakTorqueShare: this.#peakTorque,
      overspeed: this.#overspeed / steps,
      travelled: this.#travelled,
      feet: this.#feet?.metrics,
    };
  }

  #meanOfSecondHalf(): [number, number, number] {
    const from = Math.floor(this.#steps / 2);
    const mean: [number, number, number] = [0, 0, 0];
    for (let step = from; step < this.#steps; step++) {
      for (let axis = 0; axis < 3; axis++)
        mean[axis] += this.#velocities[3 * step + axis] / (this.#steps - from);
    }
    return mean;
  }
}

function meanOver(joints: Int32Array, value: (joint: number) => number): number {
  let sum = 0;
  for (const joint of joints) sum += value(joint);
  return joints.length === 0 ? 0 : sum / joints.length;
}
