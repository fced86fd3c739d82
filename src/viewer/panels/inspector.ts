import { element, iconButton } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { round } from "./numbers.ts";

/** What is known of the selected body, while it moves. */
export class Inspector {
  readonly root = element("section", { class: "card inspector", "aria-label": "Selected body" });
  readonly #viewer: Viewer;
  readonly #title = element("h2");
  readonly #rows = element("dl");

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    const close = iconButton("close", "Close", () => viewer.select(-1));
    this.root.append(element("header", {}, this.#title, close), this.#rows);
    this.root.hidden = true;
    viewer.onSelect.add(() => this.#show());
    viewer.link.on("frame", () => this.#update());
  }

  #show(): void {
    const body = this.#viewer.view?.scene.bodies[this.#viewer.selected];
    this.root.hidden = body === undefined;
    if (body === undefined) return;
    this.#title.textContent = body.name || `body ${this.#viewer.selected}`;
    this.#update();
  }

  #update(): void {
    const { view, selected } = this.#viewer;
    const body = view?.scene.bodies[selected];
    if (body === undefined || view === undefined || this.root.hidden) return;
    const pose = view.frame?.poses.subarray(7 * selected, 7 * selected + 7) ?? [];
    const moving = view.frame?.inspected;
    const parent = view.scene.bodies[body.parent]?.name ?? "";
    const joints = view.scene.joints.filter((joint) => joint.body === selected);
    const entries: [string, string][] = [
      ["mass", `${round(body.mass, 3)} kg`],
      ["parent", parent],
      ["joints", joints.map(({ name, kind }) => `${name || "?"} (${kind})`).join(", ") || "none"],
      ["position", `${triple(pose, 0)} m`],
      ["orientation", `${triple(pose, 3)} ${round(pose[6] ?? 0)}`],
    ];
    if (moving !== undefined) {
      entries.push(["velocity", `${triple(moving.linear, 0)} m/s`]);
      entries.push(["turning", `${triple(moving.angular, 0)} rad/s`]);
      entries.push(["contact force", `${triple(moving.force, 0, 1)} N`]);
    }
    this.#rows.replaceChildren(
      ...entries.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]),
    );
  }
}

const triple = (values: ArrayLike<number>, at: number, digits = 2): string =>
  [0, 1, 2].map((k) => round(values[at + k] ?? 0, digits)).join(" ");
