import { Color, Vector3 } from "three";
import type { Grab } from "../host/messages.ts";
import type { WorldView } from "../scene/world-view.ts";
import { Arrows } from "./arrows.ts";

const COLOUR = new Color(0xff3b6b);

/** The pull of a drag, from the body to the hand; of a twist its axis. Always on. */
export class PullLine {
  readonly #arrows = new Arrows(1);
  readonly group = this.#arrows.group;
  readonly #at = new Vector3();
  readonly #along = new Vector3();

  update({ visuals }: WorldView, grab: Grab | null): void {
    this.#arrows.begin();
    if (grab !== null) {
      this.#at.set(...grab.point).applyMatrix4(visuals.bodyMatrix(grab.body));
      this.#along.set(...grab.target);
      if (grab.kind === "force") this.#along.sub(this.#at);
      else this.#along.multiplyScalar(0.3);
      this.#arrows.add(this.#at, this.#along, 0.009, COLOUR);
    }
    this.#arrows.end();
  }
}
