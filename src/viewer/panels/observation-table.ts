import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { round } from "./numbers.ts";

const PERIOD = 0.2;

/** What each network observes and does right now, term by term. */
export class ObservationTable {
  readonly root = element("section", { class: "card observation", "aria-label": "Observation" });
  readonly #viewer: Viewer;
  readonly #rows = element("div", { class: "rows" });
  readonly #title = element("h2", { text: "Observation" });
  #values: { readonly name: string; readonly cell: HTMLElement }[] = [];
  #last = 0;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    const details = element("details", { open: viewer.settings.folders.observation ?? false });
    details.append(element("summary", {}, this.#title), this.#rows);
    details.addEventListener("toggle", () => {
      viewer.settings.folders.observation = details.open;
      viewer.save();
    });
    this.root.append(details);
    this.root.hidden = true;
    viewer.link.on("signals", () => this.#list());
    viewer.onPicture.add(() => details.open && this.#update());
  }

  #list(): void {
    const terms = this.#viewer.signals.signals.filter(
      ({ name }) => name.includes(".") && !/^(reward|timing)\./.test(name),
    );
    this.root.hidden = terms.length === 0;
    this.#values = terms.map(({ name }) => ({ name, cell: element("output") }));
    this.#rows.replaceChildren(
      ...this.#values.flatMap(({ name, cell }) => [
        element("b", { text: name.slice(name.lastIndexOf(".") + 1) }),
        cell,
      ]),
    );
  }

  #update(): void {
    const { now, signals } = this.#viewer;
    if (now() - this.#last < PERIOD) return;
    this.#last = now();
    for (const { name, cell } of this.#values)
      cell.textContent = Array.from(signals.newest(name), (value) => round(value)).join(" ");
  }
}
