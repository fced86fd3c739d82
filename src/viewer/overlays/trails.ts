import { BufferAttribute, BufferGeometry, Color, Group, Line, LineBasicMaterial } from "three";
import type { SignalLog } from "../page/signal-log.ts";
import type { WorldView } from "../scene/world-view.ts";
import type { Overlay } from "./overlay.ts";

const POINTS = 400;
const COLOURS = [0x2f7cf6, 0xe5484d, 0x12a594];

/** Where pelvis and feet have been in the last seconds. */
export class Trails implements Overlay {
  readonly group = new Group();
  readonly #lines;
  #counts: number[] = [];
  #step = -1;

  constructor() {
    this.#lines = COLOURS.map((colour) => {
      const geometry = new BufferGeometry();
      geometry.setAttribute("position", new BufferAttribute(new Float32Array(3 * POINTS), 3));
      const material = new LineBasicMaterial({
        color: new Color(colour),
        transparent: true,
        opacity: 0.85,
        fog: false,
      });
      const line = new Line(geometry, material);
      line.frustumCulled = false;
      this.group.add(line);
      return line;
    });
    this.#clear();
  }

  update({ frame, robot }: WorldView, _: SignalLog): void {
    if (frame === undefined || frame.step === this.#step) return;
    if (frame.isJump || frame.step < this.#step) this.#clear();
    this.#step = frame.step;
    [robot.base, ...robot.feet].forEach((body, i) => {
      this.#add(i, frame.poses.subarray(7 * body, 7 * body + 3));
    });
  }

  dispose(): void {
    for (const { geometry, material } of this.#lines) {
      geometry.dispose();
      material.dispose();
    }
    this.group.removeFromParent();
  }

  #clear(): void {
    this.#counts = this.#lines.map(() => 0);
    for (const { geometry } of this.#lines) geometry.setDrawRange(0, 0);
  }

  #add(i: number, point: Float32Array): void {
    const { geometry } = this.#lines[i];
    const position = geometry.getAttribute("position") as BufferAttribute;
    if (this.#counts[i] === POINTS) (position.array as Float32Array).copyWithin(0, 3);
    else this.#counts[i]++;
    position.setXYZ(this.#counts[i] - 1, point[0], point[1], point[2]);
    position.needsUpdate = true;
    geometry.setDrawRange(0, this.#counts[i]);
  }
}
