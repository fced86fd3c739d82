import type { ControlState } from "../control-state.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { GaitClock } from "./gait-phase.ts";

/** Two feet, left then right; kept and overwritten. Positions and velocities are of the ankle frames. */
export interface FeetState {
  /** World, m, [6]. */
  readonly pos: Float64Array;
  /** World, m/s, [6]. */
  readonly vel: Float64Array;
  /** Net contact force, world, N, [6]. */
  readonly force: Float64Array;
}

/** What reward and termination terms read: the true state and what led to it. */
export interface MdpState {
  readonly robot: RobotSpec;
  readonly state: ControlState;
  /** Joint velocities one control step ago, rad/s. */
  readonly previousDq: Float64Array;
  /** The joints that are judged, as indices in the robot's order; actions are of these joints. */
  readonly joints: Int32Array;
  /** Raw actions of this step and the one before. */
  readonly action: Float32Array;
  readonly lastAction: Float32Array;
  readonly feet: FeetState;
  /** Knee positions, world, m, left then right [6]. */
  readonly knees: Float64Array;
  /** Height of the ground below the pelvis, m. */
  groundHeight: number;
  /**
   * Forward and sideways velocity, m/s, and yaw rate, rad/s, pelvis frame, averaged over about half a stride [3]: a walking
   * pelvis swings to and fro in each.
   */
  readonly travel: Float64Array;
  /** How the robot as a whole differs from its published model [7]: see `Randomization.drawn`. */
  readonly drawn: Float64Array;
  readonly gait: GaitClock;
  readonly controlTimestep: number;
  /** True in the step in which the robot fell. */
  hasFallen: boolean;
}

/** One reward term: larger means more of what it names, weighted (often negatively) by the task. */
export type RewardKernel = (mdp: MdpState, params: Readonly<Record<string, number>>) => number;
