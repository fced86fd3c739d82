import { Color, type Matrix4, Vector3 } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { Arrows } from "./arrows.ts";
import type { Overlay } from "./overlay.ts";

const COLOURS = [new Color(0xe5484d), new Color(0x30a46c), new Color(0x3e63dd)];
const LENGTH = 0.11;

/** The frames of all bodies: x red, y green, z blue. */
export class BodyFrames implements Overlay {
  readonly #arrows = new Arrows(384);
  readonly group = this.#arrows.group;
  readonly #at = new Vector3();
  readonly #axes = [new Vector3(), new Vector3(), new Vector3()] as const;

  update({ scene, visuals }: WorldView, _: SignalLog): void {
    this.#arrows.begin();
    for (let body = 0; body < scene.bodies.length; body++) this.#add(visuals.bodyMatrix(body));
    this.#arrows.end();
  }

  dispose(): void {
    this.#arrows.dispose();
  }

  #add(matrix: Matrix4): void {
    this.#at.setFromMatrixPosition(matrix);
    matrix.extractBasis(...this.#axes);
    for (let k = 0; k < 3; k++)
      this.#arrows.add(this.#at, this.#axes[k].multiplyScalar(LENGTH), 0.0035, COLOURS[k]);
  }
}
