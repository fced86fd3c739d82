import { rotate } from "../../common/index.ts";
import type { Plant } from "../../sim/index.ts";

type Triple = readonly [number, number, number];

/** A pull at a body, as a client sends it. */
export interface Pull {
  readonly body: string;
  /** World, N and N·m. */
  readonly force: Triple;
  readonly torque: Triple;
  /** Where the force acts, body frame, m; the centre of mass where absent. */
  readonly point?: Triple | undefined;
}

/** How long a pull lasts that is not renewed, s: a client that goes away lets go. */
const HOLD_SECONDS = 0.5;

/** The one external force that the controller exerts. */
export class HeldForce {
  readonly #plant: Plant;
  #pull: (Pull & { readonly index: number; readonly until: number }) | undefined;

  constructor(plant: Plant) {
    this.#plant = plant;
  }

  /** Takes hold, or renews it. Throws `UnknownNameError` where the model has no such body. */
  pull(pull: Pull): void {
    const index = this.#plant.simulation.model.index("body", pull.body);
    if (this.#pull?.index !== index) this.release();
    this.#pull = { ...pull, index, until: this.#plant.truth.time + HOLD_SECONDS };
  }

  release(): void {
    if (this.#pull !== undefined) this.#plant.applyForce(this.#pull.index, [0, 0, 0]);
    this.#pull = undefined;
  }

  /** Sets the force for the next control step. */
  apply(): void {
    const pull = this.#pull;
    if (pull === undefined) return;
    const { time } = this.#plant.truth;
    if (time > pull.until || time < pull.until - 2 * HOLD_SECONDS) this.release();
    else this.#plant.applyForce(pull.index, pull.force, this.#torqueOf(pull));
  }

  /** The engine takes forces at the centre of mass; elsewhere they have a lever. */
  #torqueOf({ index, force, torque, point }: Pull & { readonly index: number }): Triple {
    if (point === undefined) return torque;
    const { xpos, xquat, xipos } = this.#plant.simulation.views;
    const arm = rotate(xquat.subarray(4 * index, 4 * index + 4), point, [0, 0, 0]);
    const [x, y, z] = arm.map((value, k) => value + xpos[3 * index + k] - xipos[3 * index + k]);
    return [
      torque[0] + y * force[2] - z * force[1],
      torque[1] + z * force[0] - x * force[2],
      torque[2] + x * force[1] - y * force[0],
    ];
  }
}
