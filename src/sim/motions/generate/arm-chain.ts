import { multiply, portableMath, rotate, UnknownNameError } from "../../../common/index.ts";
import type { Model } from "../../engine/index.ts";

/** Joints of one arm from the torso out: shoulder pitch, roll and yaw, and elbow. */
export const ARM_JOINTS = 4;

interface Link {
  readonly pos: Float64Array;
  readonly quat: Float64Array;
  readonly axis: Float64Array;
}

/** The geometry of one arm, read from a compiled model: where elbow and hand are, in the torso's frame, for joint angles. */
export class ArmChain {
  readonly #links: readonly Link[];
  readonly #handPos: Float64Array;
  /** Where the shoulder's axes meet, torso frame, m. */
  readonly shoulder: Float64Array;
  readonly upperArm: number;
  readonly forearm: number;
  /** Joint origins and axes of the last `solve`, torso frame, [4, 3] each. */
  readonly origins = new Float64Array(3 * ARM_JOINTS);
  readonly axes = new Float64Array(3 * ARM_JOINTS);
  readonly elbow = new Float64Array(3);
  readonly hand = new Float64Array(3);
  readonly #quat = Float64Array.of(1, 0, 0, 0);
  readonly #turn = Float64Array.of(1, 0, 0, 0);
  readonly #pos = new Float64Array(3);
  readonly #moved = new Float64Array(3);

  /**
   * @param joints names of the arm's four joints from the shoulder out
   * @param handSite a site on the last link
   */
  constructor(model: Model, joints: readonly string[], handSite: string) {
    const { jnt_bodyid, jnt_axis, body_pos, body_quat, site_pos } = model.views;
    if (joints.length !== ARM_JOINTS) throw new UnknownNameError("arm of four joints", joints.join(", "), []);
    this.#links = joints.map((name) => {
      const joint = model.index("joint", name);
      const body = jnt_bodyid[joint];
      return {
        pos: body_pos.slice(3 * body, 3 * body + 3),
        quat: body_quat.slice(4 * body, 4 * body + 4),
        axis: jnt_axis.slice(3 * joint, 3 * joint + 3),
      };
    });
    const site = model.index("site", handSite);
    this.#handPos = site_pos.slice(3 * site, 3 * site + 3);
    this.solve(new Float64Array(ARM_JOINTS));
    // The yaw axis may stand off the roll joint's origin; the shoulder is where yaw and roll axes come closest.
    const yaw = this.axes.subarray(6, 9);
    const off = [0, 1, 2].map((k) => this.origins[6 + k] - this.origins[3 + k]);
    const along = off[0] * yaw[0] + off[1] * yaw[1] + off[2] * yaw[2];
    this.shoulder = Float64Array.from([0, 1, 2], (k) => this.origins[6 + k] - along * yaw[k]);
    this.upperArm = distance(this.shoulder, this.elbow);
    this.forearm = distance(this.elbow, this.hand);
  }

  /** Length of the stretched arm from shoulder to hand, m. */
  get reach(): number {
    return this.upperArm + this.forearm;
  }

  /** Computes `origins`, `axes`, `elbow` and `hand` for four joint angles, rad. */
  solve(q: ArrayLike<number>): void {
    this.#pos.fill(0);
    this.#quat.set([1, 0, 0, 0]);
    for (let i = 0; i < ARM_JOINTS; i++) {
      const link = this.#links[i];
      rotate(this.#quat, link.pos, this.#moved);
      for (let k = 0; k < 3; k++) this.#pos[k] += this.#moved[k];
      multiply(this.#quat, link.quat, this.#quat);
      rotate(this.#quat, link.axis, this.#moved);
      this.origins.set(this.#pos, 3 * i);
      this.axes.set(this.#moved, 3 * i);
      const sine = portableMath.sin(q[i] / 2);
      this.#turn[0] = portableMath.cos(q[i] / 2);
      for (let k = 0; k < 3; k++) this.#turn[k + 1] = sine * link.axis[k];
      multiply(this.#quat, this.#turn, this.#quat);
    }
    this.elbow.set(this.#pos);
    rotate(this.#quat, this.#handPos, this.#moved);
    for (let k = 0; k < 3; k++) this.hand[k] = this.#pos[k] + this.#moved[k];
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return Math.sqrt(sum);
}
