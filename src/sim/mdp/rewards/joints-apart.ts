import { UsageError } from "../../../common/index.ts";
import type { FeetState, MdpState } from "../mdp-state.ts";

/** The state of a robot as a term sees it that judges only some of the joints which a policy drives. */
export class JointsApart implements MdpState {
  readonly joints: Int32Array;
  readonly action: Float32Array;
  readonly lastAction: Float32Array;
  readonly #all: MdpState;
  readonly #places: Int32Array;

  /**
   * @param joints indices in the robot's order
   * @throws UsageError where the policy does not drive one of them
   */
  constructor(all: MdpState, joints: Int32Array) {
    this.#all = all;
    this.joints = joints;
    this.#places = joints.map((joint) => all.joints.indexOf(joint));
    const stranger = this.#places.indexOf(-1);
    if (stranger >= 0)
      throw new UsageError(
        `A reward judges "${all.robot.joints[joints[stranger]].name}", which the rewarded actions do not drive.`,
        "Name joints of the rewarded group.",
      );
    this.action = new Float32Array(joints.length);
    this.lastAction = new Float32Array(joints.length);
  }

  /** Takes over this step's actions of its joints; all else it reads where it is. */
  look(): void {
    for (let k = 0; k < this.#places.length; k++) {
      this.action[k] = this.#all.action[this.#places[k]];
      this.lastAction[k] = this.#all.lastAction[this.#places[k]];
    }
  }

  get robot(): MdpState["robot"] {
    return this.#all.robot;
  }
  get state(): MdpState["state"] {
    return this.#all.state;
  }
  get previousDq(): Float64Array {
    return this.#all.previousDq;
  }
  get drawn(): Float64Array {
    return this.#all.drawn;
  }
  get feet(): FeetState {
    return this.#all.feet;
  }
  get knees(): Float64Array {
    return this.#all.knees;
  }
  get groundHeight(): number {
    return this.#all.groundHeight;
  }
  get travel(): Float64Array {
    return this.#all.travel;
  }
  get gait(): MdpState["gait"] {
    return this.#all.gait;
  }
  get controlTimestep(): number {
    return this.#all.controlTimestep;
  }
  get hasFallen(): boolean {
    return this.#all.hasFallen;
  }
}
