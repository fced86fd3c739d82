import { Color, Vector3 } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { Arrows } from "./arrows.ts";
import type { Overlay } from "./overlay.ts";

const ROW = 8;
/** Length of a force of one weight of the robot, m. */
const METRES_PER_WEIGHT = 0.45;
const COLOUR = new Color(0xffb020);

/** Contact forces, from where they act. */
export class ContactArrows implements Overlay {
  readonly #arrows = new Arrows(64);
  readonly group = this.#arrows.group;
  readonly #at = new Vector3();
  readonly #force = new Vector3();

  update({ frame, scene, robot }: WorldView, _: SignalLog): void {
    const rows = frame?.contacts ?? new Float32Array();
    const root = scene.bodies[robot.base].root;
    const mass = scene.bodies.reduce((sum, body) => sum + (body.root === root ? body.mass : 0), 0);
    this.#arrows.begin();
    for (let at = 0; at < rows.length; at += ROW) {
      this.#at.set(rows[at + 2], rows[at + 3], rows[at + 4]);
      this.#force.set(rows[at + 5], rows[at + 6], rows[at + 7]);
      // The force on what is above: the ground is mostly the first of the two.
      if (this.#force.z < 0) this.#force.negate();
      this.#force.multiplyScalar(METRES_PER_WEIGHT / (9.81 * mass));
      this.#arrows.add(this.#at, this.#force, 0.007, COLOUR);
    }
    this.#arrows.end();
  }

  dispose(): void {
    this.#arrows.dispose();
  }
}
