import type { Instruction, Pictures, VlaFacts } from "../host/vla-messages.ts";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";
import { comparison } from "./comparison.ts";

/** What a VLA is told, in which scene, how it chooses, and what it sees. */
export class InstructionCard {
  readonly root = element("section", { class: "card vla", "aria-label": "VLA" });
  readonly #viewer: Viewer;
  readonly #title = element("h2");
  readonly #state = element("span", { class: "state" });
  readonly #words = element("input", {
    ...{ type: "text", list: "vla-words", maxlength: 200, "aria-label": "instruction", enterkeyhint: "go" },
    placeholder: "tell it what to do",
  });
  readonly #examples = element("datalist", { id: "vla-words" });
  readonly #task = choice("task", (task) => this.#ask({ task }));
  readonly #seed = element("input", { type: "number", min: 0, "aria-label": "scene" });
  readonly #selector = choice("chosen by", (selector) => this.#again({ selectors: [selector] }));
  readonly #candidates = element("input", { type: "number", min: 1, max: 50, "aria-label": "candidates" });
  readonly #compare = button("A/B", () => this.#both());
  readonly #goesOn = element("input", { type: "checkbox", id: "vla-goes-on" });
  readonly #pictures = element("div", { class: "pictures" });
  #vla: VlaFacts | undefined;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    const form = element("form", {}, this.#words, element("button", { class: "text go", text: "do it" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask({ instruction: this.#words.value });
      this.#words.blur();
    });
    this.#seed.addEventListener("change", () => this.#again({ seed: Number(this.#seed.value) }));
    this.#candidates.addEventListener("change", () =>
      this.#again({ candidates: Number(this.#candidates.value) }),
    );
    this.#goesOn.addEventListener("change", () => this.#ask({ goesOn: this.#goesOn.checked }));
    this.root.append(
      element("header", {}, this.#title, this.#state),
      form,
      this.#examples,
      row("task", this.#task),
      row(
        "scene",
        button("again", () => this.#again({})),
        this.#seed,
        button("next", () => this.#ask({ seed: this.#next })),
        element(
          "label",
          { for: "vla-goes-on", title: "the next scenes follow by themselves" },
          this.#goesOn,
          "go on",
        ),
      ),
      row("chosen by", this.#selector, element("span", { text: "of" }), this.#candidates),
      row("A/B", this.#compare),
      this.#pictures,
    );
  }

  show(vla: VlaFacts): void {
    this.#vla = vla;
    const { asked, model, state, selector } = vla;
    this.root.dataset.state = state.replace(" ", "-");
    this.#title.textContent = model.name;
    this.#state.textContent = state === "acting" || state === "ready" ? `${state} by ${selector}` : state;
    if (document.activeElement !== this.#words) this.#words.value = asked.instruction;
    fill(
      this.#task,
      vla.tasks.map(({ name, isTrained }) => [name, isTrained ? name : `${name} (not trained)`]),
      asked.task,
    );
    fill(
      this.#selector,
      vla.selectors.map((name) => [name, name]),
      asked.selectors[0],
    );
    const examples = vla.tasks.filter(({ isTrained }) => isTrained).flatMap((task) => task.examples);
    if (this.#examples.childElementCount !== examples.length)
      this.#examples.replaceChildren(...examples.map((value) => element("option", { value })));
    for (const [field, value] of [
      [this.#seed, asked.seed],
      [this.#candidates, asked.candidates],
    ] as const)
      if (document.activeElement !== field) field.value = String(value);
    this.#goesOn.checked = asked.goesOn;
    const [first, second] = comparison(vla);
    this.#compare.textContent = `this scene by ${first}, then by ${second}`;
    this.#compare.title = "from the same state, with the same noise";
  }

  /** Shows what the model saw. */
  see(pictures: Pictures): void {
    const names = pictures.map(({ name }) => name).join();
    if (this.#pictures.dataset.names !== names) {
      this.#pictures.dataset.names = names;
      this.#pictures.replaceChildren(...pictures.map(frame));
    }
    for (const [i, { rgba, width, height }] of pictures.entries())
      this.#pictures
        .querySelectorAll("canvas")
        [i]?.getContext("2d")
        ?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }

  get #next(): number {
    return (this.#vla?.asked.seed ?? -1) + 1;
  }

  /** The same scene with something changed; what somebody has said is said again. */
  #again(change: Instruction): void {
    const asked = this.#vla?.asked;
    if (asked === undefined) return;
    const { task, seed, instruction, isSaid } = asked;
    this.#ask({ task, seed, ...(isSaid ? { instruction } : {}), ...change });
  }

  #both(): void {
    if (this.#vla !== undefined) this.#again({ selectors: comparison(this.#vla) });
  }

  #ask(wish: Instruction): void {
    this.#viewer.send({ op: "instruct", wish });
  }
}

function frame({ name, width, height }: Pictures[number]): HTMLElement {
  return element(
    "figure",
    {},
    element("canvas", { width, height }),
    element("figcaption", { text: name.replaceAll("_", " ") }),
  );
}

function row(title: string, ...parts: HTMLElement[]): HTMLElement {
  return element("div", { class: "row" }, element("span", { text: title }), ...parts);
}

function button(text: string, onclick: () => void): HTMLButtonElement {
  return element("button", { class: "text", type: "button", text, onclick });
}

function choice(label: string, onChange: (value: string) => void): HTMLSelectElement {
  const select = element("select", { "aria-label": label });
  select.addEventListener("change", () => {
    onChange(select.value);
    select.blur();
  });
  return select;
}

function fill(
  select: HTMLSelectElement,
  options: readonly (readonly [string, string])[],
  value: string,
): void {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...options.map(([each, text]) => element("option", { value: each, text })));
  }
  select.value = value;
}
