import { element, iconButton } from "./element.ts";
import type { Viewer } from "./viewer.ts";

const SPEEDS = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4];

/** The bar above the picture: which world, how it runs, and what can be done with it. */
export class TopBar {
  readonly root = element("header", { class: "bar" });
  readonly #viewer: Viewer;
  readonly #steered = choice("drive", (name) => this.#viewer.steer(name === "" ? undefined : name));
  readonly #robot = choice("robot", (name) => this.#viewer.load({ robot: name }));
  readonly #scene = choice("scene", (name) => this.#viewer.load({ scene: name }));
  readonly #policy = choice("policy", (id) => this.#choosePolicy(id));
  readonly #motion = choice("motion", (name) => this.#play(name));
  readonly #pause = iconButton("pause", "Pause (space)", () => this.togglePause());
  readonly #speed = choice("speed", (text) => this.#viewer.send({ op: "speed", factor: Number(text) }));
  readonly #keyframe = choice("reset to", (name) => this.reset(name === "" ? null : name));
  readonly #mode = element("span", { class: "mode" });
  readonly #record = iconButton("record", "Record (R)", () => this.toggleRecording(), { class: "record" });

  constructor(viewer: Viewer, actions: readonly HTMLElement[]) {
    this.#viewer = viewer;
    const transport = element(
      "div",
      { class: "group", role: "group", "aria-label": "time" },
      this.#pause,
      iconButton("step", "One control step (.)", () => viewer.send({ op: "step", count: 1 })),
      iconButton("reset", "Reset (Backspace)", () => this.reset(null)),
      this.#speed,
      this.#record,
    );
    const choices = [this.#steered, this.#robot, this.#scene, this.#policy, this.#motion, this.#keyframe];
    const menu = element(
      "div",
      { class: "menu" },
      element("div", { class: "choices" }, ...choices.map(labelled)),
      element("div", { class: "actions" }, ...actions),
    );
    this.root.append(
      element("span", { class: "brand", text: "Contrapposto" }),
      this.#mode,
      transport,
      menu,
      this.#menuButton(menu),
    );
    viewer.link.on("session", () => this.#show());
    viewer.link.on("catalogue", () => this.#show());
    viewer.link.on("scene", () => this.#show());
    viewer.onSteer.add(() => this.#show());
  }

  /** On small pages choices and actions fold into a menu; on others the button is not shown. */
  #menuButton(menu: HTMLElement): HTMLElement {
    const open = (isOpen: boolean) => {
      this.root.classList.toggle("open", isOpen);
      button.setAttribute("aria-expanded", String(isOpen));
    };
    const button = iconButton("menu", "Menu", () => open(!this.root.classList.contains("open")), {
      class: "more",
      "aria-expanded": "false",
    });
    menu.addEventListener("change", () => open(false));
    menu.addEventListener("click", ({ target }) => target instanceof HTMLButtonElement && open(false));
    addEventListener("pointerdown", ({ target }) => {
      if (target instanceof Node && !this.root.contains(target)) open(false);
    });
    return button;
  }

  togglePause(): void {
    this.#viewer.send({ op: "pause", isPaused: !(this.#viewer.session?.isPaused ?? false) });
  }

  toggleRecording(): void {
    this.#viewer.send({ op: "record", isOn: !(this.#viewer.session?.isRecording ?? false) });
  }

  reset(keyframe: string | null): void {
    this.#viewer.input({ op: "reset", keyframe });
  }

  /** One speed up or down. */
  changeSpeed(by: number): void {
    const at = SPEEDS.indexOf(this.#viewer.session?.speed ?? 1);
    const factor = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))];
    this.#viewer.send({ op: "speed", factor });
  }

  #choosePolicy(id: string): void {
    this.#viewer.input({ op: "policy", policies: id === "" ? [] : id.split("+") });
  }

  #play(name: string): void {
    this.#viewer.input({ op: "motion", motion: name === "" ? null : name, amplitude: 1 });
  }

  #show(): void {
    const { session, catalogue, view } = this.#viewer;
    if (session === undefined) return;
    const name = session.kind === "simulation" ? session.mode : session.kind;
    this.#mode.textContent = name;
    this.#mode.dataset.mode = name;
    this.root.dataset.kind = session.kind;
    const { world, isPaused, isRecording, speed, motion, mode } = session;
    fill(
      this.#speed,
      SPEEDS.map((value) => [String(value), speedText(value)]),
      String(speed),
    );
    this.#pause.replaceChildren(iconButton(isPaused ? "play" : "pause", "", () => {}).firstChild as Node);
    this.#pause.title = isPaused ? "Go on (space)" : "Pause (space)";
    this.#pause.setAttribute("aria-label", isPaused ? "Go on" : "Pause");
    this.#showSteered(mode);
    if (catalogue === undefined) return;
    fill(
      this.#robot,
      catalogue.robots.map(({ name, title }) => [name, title]),
      world.robot,
    );
    fill(this.#scene, sceneOptions(catalogue.scenes, world.scene), world.scene);
    fill(this.#policy, policyOptions(catalogue.policies, world), world.policies.join("+"));
    fill(
      this.#motion,
      [["", "arms still"], ...catalogue.motions.map(({ name }) => [name, words(name)] as const)],
      motion ?? "",
    );
    fill(
      this.#keyframe,
      [["", "reset to…"], ...keyframesOf(view).map((name) => [name, words(name)] as const)],
      "",
    );
    for (const select of [this.#robot, this.#scene, this.#policy, this.#motion, this.#keyframe])
      select.disabled = mode === "replay";
    this.#record.hidden = mode === "replay";
    this.#record.classList.toggle("on", isRecording);
    this.#record.title = isRecording ? "End the recording (R)" : "Record (R)";
  }

  /** Whom the keys drive, where there are several to choose from. */
  #showSteered(mode: string): void {
    const robot = this.#viewer.view?.robot;
    const companions = mode === "replay" ? [] : (robot?.companions ?? []);
    if (this.#steered.parentElement !== null) this.#steered.parentElement.hidden = companions.length === 0;
    const titles: Option[] = [
      ["", robot?.title ?? ""],
      ...companions.map(({ name, title }): Option => [name, title]),
    ];
    fill(
      this.#steered,
      titles.map(([name, title], i) => [name, `drive ${i + 1}: ${title.split(",")[0]}`]),
      this.#viewer.steered ?? "",
    );
  }
}

/** The robot's keyframes; companions' ones have the companion's name before theirs. */
function keyframesOf(view: Viewer["view"]): string[] {
  return view?.scene.keyframes.filter((name) => !name.includes("/")) ?? [];
}

function choice(label: string, onChange: (value: string) => void): HTMLSelectElement {
  const select = element("select", { "aria-label": label, title: label });
  select.addEventListener("change", () => {
    onChange(select.value);
    select.blur(); // keys drive the robot again
  });
  return select;
}

/** A choice with its name beside it, which small pages show. */
function labelled(select: HTMLSelectElement): HTMLElement {
  return element("label", {}, element("span", { text: select.title }), select);
}

type Option = readonly [value: string, text: string];

/** Sets the options, leaving an open list alone where nothing has changed. */
function fill(select: HTMLSelectElement, options: readonly Option[], value: string): void {
  const key = JSON.stringify(options);
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    select.replaceChildren(...options.map(([each, text]) => element("option", { value: each, text })));
  }
  select.value = value;
}

function sceneOptions(
  scenes: readonly { readonly name: string; readonly levels: number }[],
  chosen: string,
): Option[] {
  const options = scenes.flatMap(({ name, levels }): Option[] =>
    levels === 0
      ? [[name, words(name)]]
      : [0, 3, 6, levels - 1].map((level): Option => [`${name}:${level}`, `${words(name)} ${level}`]),
  );
  if (options.some(([id]) => id === chosen)) return options;
  // Another level, or a side in metres: beside the others of its kind.
  const [name, level = "", side] = chosen.split(":");
  const kin = options.findIndex(([id]) => id.startsWith(`${name}:`));
  const text = `${words(name)} ${level}${side === undefined ? "" : `, ${side} m`}`.trimEnd();
  return options.toSpliced(Math.max(0, kin), 0, [chosen, text]);
}

/** Each policy alone, and pairs of a lower and an upper one. */
function policyOptions(
  policies: readonly {
    readonly id: string;
    readonly name: string;
    readonly robot: string;
    readonly joints: readonly string[];
  }[],
  world: { readonly robot: string; readonly policies: readonly string[] },
): Option[] {
  const family = (robot: string) => robot.replace(/_(\d+dof|grippers)$/, "");
  const fitting = policies.filter(({ robot }) => family(robot) === family(world.robot));
  const pairs = fitting.flatMap((lower, i) =>
    fitting.slice(i + 1).flatMap((upper): Option[] => {
      const isDisjoint = lower.joints.every((joint) => !upper.joints.includes(joint));
      return isDisjoint ? [[`${lower.id}+${upper.id}`, `${lower.name} + ${upper.name}`]] : [];
    }),
  );
  const chosen = world.policies.join("+");
  const options: Option[] = [["", "balance"], ...fitting.map(({ id, name }): Option => [id, name]), ...pairs];
  return options.some(([id]) => id === chosen) ? options : [...options, [chosen, chosen]];
}

const words = (name: string): string => name.replaceAll("_", " ");
const speedText = (value: number): string => (value >= 1 ? `${value}×` : `1/${Math.round(1 / value)}×`);
