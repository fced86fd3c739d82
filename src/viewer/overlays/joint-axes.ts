import { Color, Vector3 } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { Arrows } from "./arrows.ts";
import type { Overlay } from "./overlay.ts";

const COLOUR = new Color(0x5a7dff);
const LENGTH = 0.16;

/** The axes of hinges and slides, where they turn. */
export class JointAxes implements Overlay {
  readonly #arrows = new Arrows(128);
  readonly group = this.#arrows.group;
  readonly #at = new Vector3();
  readonly #axis = new Vector3();

  update({ scene, visuals }: WorldView, _: SignalLog): void {
    this.#arrows.begin();
    for (const { kind, body, pos, axis } of scene.joints) {
      if (kind !== "hinge" && kind !== "slide") continue;
      const matrix = visuals.bodyMatrix(body);
      this.#axis
        .set(...axis)
        .transformDirection(matrix)
        .multiplyScalar(LENGTH);
      this.#at
        .set(...pos)
        .applyMatrix4(matrix)
        .addScaledVector(this.#axis, -0.5);
      this.#arrows.add(this.#at, this.#axis, 0.004, COLOUR);
    }
    this.#arrows.end();
  }

  dispose(): void {
    this.#arrows.dispose();
  }
}
