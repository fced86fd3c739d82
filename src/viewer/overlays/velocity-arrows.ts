import { Color, Vector3 } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import { Arrows } from "./arrows.ts";
import type { Overlay } from "./overlay.ts";

const COMMANDED = new Color(0x2f7cf6);
const MEASURED = new Color(0x12a594);
/** Above the pelvis, m, and how long 1 m/s is drawn. */
const ABOVE = 1.02;
const METRES = 0.9;

/** Velocity asked for and velocity had, above the robot's head, in the heading frame. */
export class VelocityArrows implements Overlay {
  readonly #arrows = new Arrows(2, false);
  readonly group = this.#arrows.group;
  readonly #at = new Vector3();
  readonly #along = new Vector3();
  /** The measured velocity without the sway of steps. */
  readonly #smooth = [0, 0];

  update({ visuals, robot }: WorldView, signals: SignalLog): void {
    const matrix = visuals.bodyMatrix(robot.base);
    const yaw = Math.atan2(matrix.elements[1], matrix.elements[0]);
    const command = signals.newest("command");
    const velocity = signals.newest("velocity");
    for (let k = 0; k < 2; k++) this.#smooth[k] += 0.06 * ((velocity[k] ?? 0) - this.#smooth[k]);
    this.#at.setFromMatrixPosition(matrix);
    this.#at.z += ABOVE;
    this.#arrows.begin();
    this.#arrows.add(this.#at, this.#turned(command[0] ?? 0, command[1] ?? 0, yaw), 0.012, COMMANDED);
    this.#at.z += 0.06;
    this.#arrows.add(this.#at, this.#turned(this.#smooth[0], this.#smooth[1], yaw), 0.012, MEASURED);
    this.#arrows.end();
  }

  dispose(): void {
    this.#arrows.dispose();
  }

  #turned(x: number, y: number, yaw: number): Vector3 {
    const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
    const isStill = x * x + y * y < 0.0009;
    return isStill
      ? this.#along.set(0, 0, 0)
      : this.#along.set(METRES * (c * x - s * y), METRES * (s * x + c * y), 0);
  }
}
