import { element } from "../page/element.ts";
import type { Drive } from "./drive.ts";

/** Two sticks on the screen: the left walks, the right turns. */
export class Sticks {
  readonly root = element("div", { class: "sticks" });
  readonly #drive: Drive;
  #walk: readonly [number, number] = [0, 0];
  #turn = 0;

  constructor(drive: Drive) {
    this.#drive = drive;
    this.root.append(
      stick("walk", (x, y) => {
        this.#walk = [x, y];
        this.#tell();
      }),
      stick("turn", (x) => {
        this.#turn = x;
        this.#tell();
      }),
    );
  }

  #tell(): void {
    const [x, y] = this.#walk;
    this.#drive.screen = [-y, -x, -this.#turn];
  }
}

/** A round field with a knob; calls back with right and down, -1 to 1. */
function stick(label: string, onMove: (x: number, y: number) => void): HTMLElement {
  const knob = element("div", { class: "knob" });
  const field = element("div", { class: "stick", "aria-label": label, role: "application" }, knob);
  const place = (x: number, y: number) => {
    knob.style.translate = `${34 * x}px ${34 * y}px`;
    onMove(x, y);
  };
  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  field.addEventListener("pointermove", (event) => {
    if (!field.hasPointerCapture(event.pointerId)) return;
    const { left, top, width, height } = field.getBoundingClientRect();
    const x = (2 * (event.clientX - left)) / width - 1;
    const y = (2 * (event.clientY - top)) / height - 1;
    const far = Math.max(1, Math.hypot(x, y));
    place(x / far, y / far);
  });
  for (const end of ["pointerup", "pointercancel"]) field.addEventListener(end, () => place(0, 0));
  return field;
}
