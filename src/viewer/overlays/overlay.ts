import type { Object3D } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";

/** Something drawn over the world that a person can switch on and off. */
export interface Overlay {
  readonly group: Object3D;
  /** Called before each picture while it is on. */
  update(view: WorldView, signals: SignalLog): void;
  dispose(): void;
}
