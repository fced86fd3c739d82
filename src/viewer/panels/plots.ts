import type UPlot from "uplot";
import { element, iconButton } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { saveFile } from "../record/save-file.ts";

const COLOURS = ["#2f7cf6", "#e5484d", "#12a594", "#f5a524", "#a855f7", "#8d99a8"];
const HEIGHT = 170;
/** Samples on the screen: ten seconds. */
const SHOWN = 500;
const PERIOD = 1 / 15;

/** Live curves of any signals: scrolling, to be stopped and saved. uPlot is loaded when they are first opened. */
export class Plots {
  readonly root = element("section", { class: "card plots", "aria-label": "Plots" });
  readonly #viewer: Viewer;
  readonly #field = element("div", { class: "field" });
  readonly #legend = element("div", { class: "legend" });
  readonly #add = element("select", { "aria-label": "add a signal" });
  readonly #pause = element("button", { class: "text", type: "button", text: "hold" });
  #plot: UPlot | undefined;
  #isHeld = false;
  #last = 0;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.#pause.addEventListener("click", () => {
      this.#isHeld = !this.#isHeld;
      this.#pause.textContent = this.#isHeld ? "go on" : "hold";
    });
    const csv = iconButton("download", "Save all signals as CSV", () =>
      saveFile("signals.csv", new Blob([viewer.signals.toCsv()], { type: "text/csv" })),
    );
    this.#add.addEventListener("change", () => this.#choose(this.#add.value));
    this.root.append(
      element("header", {}, this.#legend, element("span", { class: "group" }, this.#add, this.#pause, csv)),
      this.#field,
    );
    this.root.hidden = !viewer.settings.plotsOpen;
    viewer.link.on("signals", () => this.#offer());
    viewer.onPicture.add(() => this.#draw());
    if (viewer.settings.plotsOpen) void this.#build();
  }

  toggle(): void {
    const { settings } = this.#viewer;
    settings.plotsOpen = !settings.plotsOpen;
    this.root.hidden = !settings.plotsOpen;
    this.#viewer.save();
    if (settings.plotsOpen) void this.#build();
  }

  #choose(key: string): void {
    if (key === "") return;
    const { settings } = this.#viewer;
    settings.plots = settings.plots.includes(key)
      ? settings.plots.filter((each) => each !== key)
      : [...settings.plots, key].slice(-COLOURS.length);
    this.#add.value = "";
    this.#viewer.save();
    void this.#build();
  }

  #offer(): void {
    const groups = this.#viewer.signals.signals.map((signal) => {
      const group = element("optgroup", {
        label: signal.unit === "" ? signal.name : `${signal.name}, ${signal.unit}`,
      });
      for (let i = 0; i < signal.size; i++)
        group.append(
          element("option", {
            value: `${signal.name} ${i}`,
            text: titleOf(signal.labels, signal.name, signal.size, i),
          }),
        );
      return group;
    });
    this.#add.replaceChildren(element("option", { value: "", text: "add a signal…" }), ...groups);
    void this.#build();
  }

  async #build(): Promise<void> {
    if (this.root.hidden) return;
    const [{ default: Plot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
    this.#plot?.destroy();
    const keys = this.#viewer.settings.plots;
    const ink = getComputedStyle(this.root).getPropertyValue("--soft");
    const line = getComputedStyle(this.root).getPropertyValue("--line");
    const axis = { stroke: ink, grid: { stroke: line }, ticks: { stroke: line } };
    this.#plot = new Plot(
      {
        width: Math.max(200, this.#field.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 30 },
          { ...axis, size: 52 },
        ],
        padding: [8, 8, 0, 0],
        series: [{}, ...keys.map((_, i) => ({ stroke: COLOURS[i], width: 1.5 }))],
      },
      [[], ...keys.map(() => [])] as UPlot.AlignedData,
      this.#field,
    );
    this.#legend.replaceChildren(...keys.map((key, i) => this.#entry(key, i)));
  }

  #entry(key: string, i: number): HTMLElement {
    const { name, place } = parts(key);
    const signal = this.#viewer.signals.signals.find((each) => each.name === name);
    const title =
      signal === undefined ? key : `${titleOf(signal.labels, name, signal.size, place)} ${signal.unit}`;
    const entry = element("button", {
      class: "text",
      type: "button",
      title: "remove",
      text: title,
      onclick: () => this.#choose(key),
    });
    entry.style.borderColor = COLOURS[i];
    return entry;
  }

  #draw(): void {
    const plot = this.#plot;
    const { signals, settings, now } = this.#viewer;
    if (plot === undefined || this.root.hidden || this.#isHeld || now() - this.#last < PERIOD) return;
    this.#last = now();
    const time = signals.series("time", 0, SHOWN) ?? [];
    const curves = settings.plots.map((key) => {
      const { name, place } = parts(key);
      return signals.series(name, place, SHOWN) ?? time.map(() => null);
    });
    const width = this.#field.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
    plot.setData([time, ...curves] as UPlot.AlignedData);
  }
}

function parts(key: string): { name: string; place: number } {
  const at = key.lastIndexOf(" ");
  return { name: key.slice(0, at), place: Number(key.slice(at + 1)) };
}

function titleOf(labels: readonly string[] | undefined, name: string, size: number, i: number): string {
  return size === 1 ? name : `${name} ${labels?.[i] ?? i}`;
}
