import type { LinkState } from "../host/messages.ts";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";

/** How fast a shove makes the pelvis, m/s. */
const SHOVE = 1;
/** Shoves by button: text, what it is called, and its direction in the world. */
const SHOVES = [
  ["↑", "forward", [SHOVE, 0, 0]],
  ["←", "left", [0, SHOVE, 0]],
  ["→", "right", [0, -SHOVE, 0]],
  ["↓", "back", [-SHOVE, 0, 0]],
] as const;

/** Steps of this share of a circle meet every part of it soon. */
const GOLDEN = 0.618;

type Training = NonNullable<LinkState["training"]>;

/** A training run: how far it is, which of its environments is shown, and shoves for the robot in it. */
export class TrainingCard {
  readonly root = element("section", { class: "card training", "aria-label": "Training run" });
  readonly #viewer: Viewer;
  readonly #title = element("h2");
  readonly #run = element("p");
  readonly #field = element("input", { type: "number", min: 0, value: 0, "aria-label": "environment" });
  readonly #of = element("span");
  #environments = 1;

  constructor(viewer: Viewer, whenFirst: () => void) {
    this.#viewer = viewer;
    this.root.hidden = true;
    this.#field.addEventListener("change", () => this.#peek(Number(this.#field.value)));
    this.root.append(
      element("header", {}, this.#title),
      this.#run,
      element(
        "div",
        { class: "group" },
        element("span", { text: "environment" }),
        this.#button("◂", "previous environment", () => this.#peek(this.#chosen - 1)),
        this.#field,
        this.#button("▸", "next environment", () => this.#peek(this.#chosen + 1)),
        this.#of,
        this.#button("far", "an environment far from this one", () =>
          this.#peek(this.#chosen + Math.ceil(GOLDEN * this.#environments)),
        ),
      ),
      element(
        "div",
        { class: "group" },
        element("span", { text: "shove" }),
        ...SHOVES.map(([text, name, velocity]) =>
          this.#button(text, `shove ${name}`, () => viewer.input({ op: "push", velocity })),
        ),
        element("small", { text: "or Ctrl-drag and let go" }),
      ),
    );
    viewer.link.on("link", ({ link }) => {
      if (this.root.hidden && link.training !== null) whenFirst();
      this.#show(link.training);
    });
  }

  get #chosen(): number {
    return Number(this.#field.value);
  }

  #show(training: Training | null): void {
    this.root.hidden = training === null;
    if (training === null) return;
    const { stage, iteration, environments, environment, run } = training;
    this.#title.textContent = `${stage} · iteration ${iteration}`;
    this.#run.textContent = run;
    this.#environments = environments;
    this.#of.textContent = `of ${environments}`;
    this.#field.max = String(environments - 1);
    if (document.activeElement !== this.#field) this.#field.value = String(environment);
  }

  /** Looks into an environment; beyond the last comes the first. */
  #peek(environment: number): void {
    const count = this.#environments;
    const chosen = ((Math.round(environment) % count) + count) % count;
    this.#field.value = String(chosen);
    this.#field.blur();
    this.#viewer.send({ op: "peek", environment: chosen });
  }

  #button(text: string, title: string, onclick: () => void): HTMLButtonElement {
    return element("button", { class: "text", type: "button", text, title, "aria-label": title, onclick });
  }
}
