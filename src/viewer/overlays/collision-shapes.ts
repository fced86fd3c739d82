import { Color, type Group } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import { GeomBatches } from "../scene/geom-batches.ts";
import type { WorldView } from "../scene/world-view.ts";
import type { Overlay } from "./overlay.ts";
import { seeThrough } from "./see-through.ts";

const COLOUR = new Color(0xff8a3d);

/** What physics touches, where it is not what is drawn. */
export class CollisionShapes implements Overlay {
  readonly group: Group;
  readonly #batches: GeomBatches;

  constructor({ scene }: WorldView) {
    const isShown = ({ collides, body }: (typeof scene.geoms)[number]) => collides && body !== 0;
    this.#batches = new GeomBatches(scene, isShown, seeThrough(COLOUR, 0.45));
    this.group = this.#batches.group;
  }

  update({ poses }: WorldView, _: SignalLog): void {
    this.#batches.pose(poses);
  }

  dispose(): void {
    this.#batches.dispose();
  }
}
