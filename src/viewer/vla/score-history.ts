import type UPlot from "uplot";
import { element } from "../page/element.ts";
import type { DecisionLog } from "./decision-log.ts";
import { supportName } from "./support-scale.ts";

const HEIGHT = 120;
/** Of trials in the order in which they were made. */
const COLOURS = ["#2468e8", "#f79d3c", "#12a594", "#a855f7"];
const BAND = "rgb(128 140 156 / 0.18)";

/** How the support of what was chosen went, trial by trial, within what there was to choose from. */
export class ScoreHistory {
  readonly root = element("div", { class: "history" });
  readonly #log: DecisionLog;
  readonly #title = element("h2", { text: "Score history" });
  readonly #legend = element("span", { class: "legend" });
  readonly #field = element("div", { class: "field" });
  #plot: UPlot | undefined;
  #layout = "";

  constructor(log: DecisionLog) {
    this.#log = log;
    this.root.append(element("header", {}, this.#title, this.#legend), this.#field);
    new ResizeObserver(() => this.#fit()).observe(this.#field);
  }

  draw(): void {
    const { courses, columns } = this.#log;
    const judge = courses.at(-1)?.decisions.at(-1)?.judge ?? "";
    const layout = `${judge} ${courses.map(({ selector }) => selector).join()}`;
    if (layout !== this.#layout) {
      this.#layout = layout;
      this.#title.textContent = `Chosen: ${supportName(judge)}`;
      this.#legend.replaceChildren(...courses.map(({ selector }, i) => entry(selector, i)));
      void this.#build(courses.length, judge === "taco");
    } else this.#plot?.setData(columns as UPlot.AlignedData);
  }

  async #build(courses: number, isCount: boolean): Promise<void> {
    const layout = this.#layout;
    const [{ default: Plot }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
    if (layout !== this.#layout) return; // another scene has begun meanwhile
    this.#plot?.destroy();
    const style = getComputedStyle(this.root);
    const [ink, line] = ["--soft", "--line"].map((name) => style.getPropertyValue(name));
    const axis = {
      stroke: ink,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line },
      font: "10px system-ui",
    };
    const [low, high] = [courses + 1, courses + 2];
    const lines = COLOURS.slice(0, courses).map((stroke) => ({
      ...{ stroke, width: 2, spanGaps: true, points: { show: true, size: 5, fill: stroke } },
    }));
    const edge = { stroke: "transparent", points: { show: false } };
    this.#plot = new Plot(
      {
        ...{ width: Math.max(160, this.#field.clientWidth), height: HEIGHT, legend: { show: false } },
        cursor: { drag: { x: false, y: false } },
        scales: { x: { time: false }, y: isCount ? { distr: 3 } : {} },
        axes: [
          { ...axis, size: 28, values: (_, ticks) => ticks.map((tick) => `${tick} s`) },
          { ...axis, size: 44 },
        ],
        padding: [8, 8, 0, 0],
        series: [{}, ...lines, edge, edge],
        bands: [{ series: [high, low], fill: BAND }],
      },
      this.#log.columns as UPlot.AlignedData,
      this.#field,
    );
  }

  #fit(): void {
    const width = this.#field.clientWidth;
    if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
  }
}

function entry(selector: string, i: number): HTMLElement {
  const made = element("span", { text: selector });
  made.style.borderColor = COLOURS[i];
  return made;
}
