import type { Scene } from "three";
import type { OverlayChoice } from "../page/settings.ts";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { BalanceMarks } from "./balance-marks.ts";
import { BodyFrames } from "./body-frames.ts";
import { CameraFrusta } from "./camera-frusta.ts";
import { CollisionShapes } from "./collision-shapes.ts";
import { ContactArrows } from "./contact-arrows.ts";
import { Ghost } from "./ghost.ts";
import { JointAxes } from "./joint-axes.ts";
import type { Overlay } from "./overlay.ts";
import { TorqueColours } from "./torque-colours.ts";
import { Trails } from "./trails.ts";
import { VelocityArrows } from "./velocity-arrows.ts";

/** Every overlay by the name of its switch, and how to make it. */
const MAKERS: Readonly<Record<keyof OverlayChoice, (view: WorldView) => Overlay>> = {
  contacts: () => new ContactArrows(),
  centre: () => new BalanceMarks(),
  axes: () => new JointAxes(),
  frames: () => new BodyFrames(),
  torque: () => new TorqueColours(),
  velocity: () => new VelocityArrows(),
  ghost: (view) => new Ghost(view),
  trails: () => new Trails(),
  cameras: (view) => new CameraFrusta(view),
  collision: (view) => new CollisionShapes(view),
};

/** What the switches are called for people. */
export const OVERLAY_TITLES: Readonly<Record<keyof OverlayChoice, string>> = {
  contacts: "contact forces",
  centre: "centre of mass",
  axes: "joint axes",
  frames: "body frames",
  torque: "torque as colour",
  velocity: "velocity",
  ghost: "reference ghost",
  trails: "trails",
  cameras: "cameras",
  collision: "collision shapes",
};

/** The overlays of one world: those that are switched on exist, the others don't. */
export class Overlays {
  readonly #scene: Scene;
  readonly #view: WorldView;
  readonly #on = new Map<keyof OverlayChoice, Overlay>();

  constructor(scene: Scene, view: WorldView) {
    this.#scene = scene;
    this.#view = view;
  }

  update(choice: OverlayChoice, signals: SignalLog): void {
    for (const name of Object.keys(MAKERS) as (keyof OverlayChoice)[]) {
      if (choice[name] !== this.#on.has(name)) this.#switch(name, choice[name]);
      this.#on.get(name)?.update(this.#view, signals);
    }
  }

  dispose(): void {
    for (const name of [...this.#on.keys()]) this.#switch(name, false);
  }

  #switch(name: keyof OverlayChoice, isOn: boolean): void {
    const overlay = this.#on.get(name);
    if (isOn) {
      const made = MAKERS[name](this.#view);
      this.#on.set(name, made);
      this.#scene.add(made.group);
    } else if (overlay !== undefined) {
      this.#on.delete(name);
      overlay.group.removeFromParent();
      overlay.dispose();
    }
  }
}
