import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { round } from "./numbers.ts";

const PERIOD = 0.2;
/** Samples over which terms are averaged: a second. */
const AVERAGED = 50;
const PREFIX = "reward.";

interface Row {
  readonly name: string;
  readonly bar: HTMLElement;
  readonly value: HTMLElement;
}

/** What each reward term pays right now, per second of simulated time, as bars to both sides of zero. */
export class RewardTable {
  readonly root = element("section", { class: "card rewards", "aria-label": "Reward" });
  readonly #viewer: Viewer;
  readonly #rows = element("div", { class: "rows" });
  readonly #sum = element("output");
  readonly #details: HTMLDetailsElement;
  #shown: Row[] = [];
  #last = 0;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.#details = element("details", { open: viewer.settings.folders.rewards ?? false });
    const title = element("h2", { text: "Reward" });
    this.#details.append(element("summary", {}, title, this.#sum), this.#rows);
    this.#details.addEventListener("toggle", () => {
      viewer.settings.folders.rewards = this.#details.open;
      viewer.save();
    });
    this.root.append(this.#details);
    this.root.hidden = true;
    viewer.link.on("signals", () => this.#list());
    viewer.onPicture.add(() => this.#update());
  }

  /** Opens the list, as for a training run, where it is what one comes for. */
  open(): void {
    this.#details.open = true;
  }

  #list(): void {
    const names = this.#viewer.signals.signals.map(({ name }) => name).filter((n) => n.startsWith(PREFIX));
    this.root.hidden = names.length === 0;
    this.#shown = names.map((name) => ({ name, bar: element("i"), value: element("output") }));
    this.#rows.replaceChildren(
      ...this.#shown.map(({ name, bar, value }) =>
        element(
          "div",
          {},
          element("span", { text: name.slice(PREFIX.length).replaceAll("_", " ") }),
          element("b", {}, bar),
          value,
        ),
      ),
    );
  }

  #update(): void {
    const { now, view } = this.#viewer;
    if (this.root.hidden || now() - this.#last < PERIOD) return;
    this.#last = now();
    const rate = 1 / (view?.robot.controlTimestep ?? 0.02);
    const means = this.#shown.map(({ name }) => rate * this.#mean(name));
    this.#sum.textContent = `${round(means.reduce((a, b) => a + b, 0))} /s`;
    if (!this.#details.open) return;
    const most = Math.max(0.5, ...means.map(Math.abs));
    this.#shown.forEach(({ bar, value }, i) => {
      const share = (50 * Math.abs(means[i])) / most;
      bar.style.cssText = means[i] < 0 ? `right: 50%; width: ${share}%` : `left: 50%; width: ${share}%`;
      bar.className = means[i] < 0 ? "costs" : "";
      value.textContent = round(means[i]);
    });
  }

  #mean(name: string): number {
    const values = this.#viewer.signals.series(name, 0, AVERAGED) ?? [];
    return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  }
}
