import { Color, Group } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import type { Overlay } from "./overlay.ts";

const REST = new Color(0xdfe6ee);
const MIDDLE = new Color(0xffc53d);
const LIMIT = new Color(0xe5232e);

/** Paints each link by how much of its motor's torque it takes: pale at rest, yellow at half, red at the limit. */
export class TorqueColours implements Overlay {
  readonly group = new Group();
  readonly #colour = new Color();
  #view: WorldView | undefined;
  #geoms: (readonly number[])[] = [];

  update(view: WorldView, signals: SignalLog): void {
    if (this.#view !== view) this.#begin(view);
    const tau = signals.newest("tau");
    for (let joint = 0; joint < this.#geoms.length; joint++) {
      const share = Math.min(1, Math.abs(tau[joint] ?? 0) / view.robot.torqueLimits[joint]);
      if (share < 0.5) this.#colour.lerpColors(REST, MIDDLE, 2 * share);
      else this.#colour.lerpColors(MIDDLE, LIMIT, 2 * share - 1);
      for (const geom of this.#geoms[joint]) view.visuals.paint(geom, this.#colour);
    }
  }

  dispose(): void {
    for (const geom of this.#geoms.flat()) this.#view?.visuals.paint(geom, undefined);
    this.#view = undefined;
  }

  /** Only the light parts of a link: dark ones show no colour. */
  #begin(view: WorldView): void {
    this.#view = view;
    this.#geoms = view.robot.jointBodies.map((body) =>
      view.scene.geoms.flatMap((geom, i) => (geom.body === body && geom.rgba[0] > 0.3 ? [i] : [])),
    );
  }
}
