import { type MutableVector, rotate } from "../../common/index.ts";
import type { Plant } from "../../sim/index.ts";
import type { Grab } from "./messages.ts";

/**
 * How stiff a hand is, per kg of what hangs on it: a swing takes about a second, and the pull is critically damped.
 * Low enough for the control step, at which the force is renewed.
 */
const STIFFNESS = 40;
const DAMPING = 9;
/** Strongest pull, in weights of the robot, and strongest turn, N·m per kg. */
const MOST_WEIGHTS = 1.2;
const TWIST = 3;

/** Pulls a grabbed body toward the hand, by forces that act until the next control step. */
export class DragSpring {
  readonly #plant: Plant;
  readonly #arm: MutableVector & [number, number, number] = [0, 0, 0];
  #held = -1;

  constructor(plant: Plant) {
    this.#plant = plant;
  }

  /** Sets the pull for the next control step; null lets go. */
  pull(grab: Grab | null): void {
    if (this.#held >= 0 && grab?.body !== this.#held) this.#plant.applyForce(this.#held, [0, 0, 0]);
    this.#held = grab?.body ?? -1;
    if (grab === null) return;
    if (grab.kind === "torque") this.#twist(grab);
    else this.#drag(grab);
  }

  #drag({ body, point, target }: Grab): void {
    const { simulation, index } = this.#plant;
    const { xpos, xquat, xipos, cvel, subtree_com } = simulation.views;
    const { body_subtreemass, body_rootid } = simulation.model.views;
    const arm = rotate(xquat.subarray(4 * body, 4 * body + 4), point, this.#arm);
    const root = 3 * body_rootid[body];
    const mass = body_subtreemass[body_rootid[body]];
    const [wx, wy, wz, vx, vy, vz] = cvel.subarray(6 * body, 6 * body + 6);
    const at = [0, 1, 2].map((k) => xpos[3 * body + k] + arm[k]);
    const r = at.map((value, k) => value - subtree_com[root + k]);
    const velocity = [vx + wy * r[2] - wz * r[1], vy + wz * r[0] - wx * r[2], vz + wx * r[1] - wy * r[0]];
    const force = at.map((value, k) => mass * (STIFFNESS * (target[k] - value) - DAMPING * velocity[k]));
    const most = MOST_WEIGHTS * 9.81 * body_subtreemass[index.base];
    const size = Math.sqrt(force[0] ** 2 + force[1] ** 2 + force[2] ** 2);
    if (size > most) for (let k = 0; k < 3; k++) force[k] *= most / size;
    // The engine takes forces at the centre of mass, so the hand's lever becomes a torque.
    const lever = at.map((value, k) => value - xipos[3 * body + k]);
    this.#plant.applyForce(body, force, cross(lever, force));
  }

  #twist({ body, target }: Grab): void {
    const { body_subtreemass } = this.#plant.simulation.model.views;
    const torque = target.map((angle) => TWIST * body_subtreemass[body] * angle);
    this.#plant.applyForce(body, [0, 0, 0], torque);
  }
}

function cross(a: readonly number[], b: readonly number[]): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
