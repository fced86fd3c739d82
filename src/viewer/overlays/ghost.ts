import { Color, type Group, type Material } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import { FIRST_HIDDEN_GROUP, GeomBatches } from "../scene/geom-batches.ts";
import type { WorldView } from "../scene/world-view.ts";
import type { Overlay } from "./overlay.ts";
import { seeThrough } from "./see-through.ts";

const COLOUR = new Color(0x38bdf8);

/** The robot with its arms where the reference asks for them, as a ghost. */
export class Ghost implements Overlay {
  readonly group: Group;
  readonly #batches: GeomBatches;

  constructor({ scene, robot }: WorldView) {
    const root = scene.bodies[robot.base].root;
    this.#batches = new GeomBatches(
      scene,
      ({ group, body }) => group < FIRST_HIDDEN_GROUP && scene.bodies[body].root === root && body !== 0,
      behindWhatItMatches(seeThrough(COLOUR, 0.38)),
    );
    this.group = this.#batches.group;
  }

  update({ frame }: WorldView, _: SignalLog): void {
    this.group.visible = frame?.ghost !== undefined;
    if (frame?.ghost !== undefined) this.#batches.pose(frame.ghost);
  }

  dispose(): void {
    this.#batches.dispose();
  }
}

/** Where ghost and robot coincide the robot is seen, not a mixture of both. */
function behindWhatItMatches(material: Material): Material {
  return Object.assign(material, { polygonOffset: true, polygonOffsetFactor: 1.5, polygonOffsetUnits: 8 });
}
