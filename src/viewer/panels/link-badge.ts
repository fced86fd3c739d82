import type { LinkState } from "../host/messages.ts";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";

/** How the link to a live world is, who has control, and the red stop that is always there. */
export class LinkBadge {
  readonly root = element("section", { class: "card link", "aria-label": "Link", "aria-live": "polite" });
  /** Stops the robot, whoever has control. */
  readonly stop: HTMLButtonElement;
  readonly #viewer: Viewer;
  readonly #facts = element("span");
  readonly #buttons = element("span", { class: "group" });
  #shown = "";

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.stop = element("button", {
      class: "estop",
      type: "button",
      title: "Emergency stop (Esc twice; gamepad: select, or L2 with B)",
      text: "STOP",
      onclick: () => this.stopNow(),
    });
    this.root.append(element("i", { class: "lamp" }), this.#facts, this.#buttons);
    this.root.hidden = this.stop.hidden = true;
    viewer.link.on("link", ({ link }) => this.#show(link));
  }

  /** Stops the robot, where there is one. */
  stopNow(): void {
    if (!this.stop.hidden) this.#viewer.send({ op: "control", action: "estop" });
  }

  #show(link: LinkState): void {
    this.root.hidden = false;
    this.stop.hidden = link.training !== null; // a run of many robots has none to stop
    this.root.dataset.phase = link.phase;
    document.documentElement.dataset.link = link.phase;
    this.stop.classList.toggle("active", link.estop.isActive);
    this.#facts.textContent = factsOf(link);
    const key = JSON.stringify([
      link.hasControl,
      link.holder,
      link.takeOver?.name,
      link.estop.isActive,
      link.phase,
    ]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#buttons.replaceChildren(...this.#actions(link));
  }

  #actions({ hasControl, holder, takeOver, estop, phase }: LinkState): HTMLElement[] {
    if (phase !== "open" || this.#viewer.session?.kind === "training") return [];
    const actions: HTMLElement[] = [];
    if (hasControl && takeOver !== null)
      actions.push(this.#button(`keep control from ${takeOver.name}`, "deny"));
    if (hasControl && estop.isActive) actions.push(this.#button("clear the stop", "clearStop"));
    if (hasControl) actions.push(this.#button("release", "release"));
    else
      actions.push(
        holder === "" ? this.#button("take control", "acquire") : this.#button("take over", "takeOver"),
      );
    return actions;
  }

  #button(text: string, action: "acquire" | "takeOver" | "release" | "deny" | "clearStop"): HTMLElement {
    return element("button", {
      class: "text",
      type: "button",
      text,
      onclick: () => this.#viewer.send({ op: "control", action }),
    });
  }
}

function factsOf(link: LinkState): string {
  if (link.phase === "connecting") return "connecting";
  if (link.phase === "refused") return `refused: ${link.problem}`;
  if (link.phase === "lost") return "server lost, trying again";
  const who = link.hasControl
    ? "you have control"
    : link.holder === ""
      ? "nobody has control"
      : `${link.holder} has control`;
  return [
    `${Math.round(link.receivedPerSecond)}/s`,
    Number.isFinite(link.latencyMs) ? `${link.latencyMs.toFixed(0)} ms` : "",
    link.dropped > 0 ? `${link.dropped} dropped` : "",
    link.robotState === "running" ? "" : link.robotState,
    link.fault,
    link.estop.isActive ? `stopped by ${link.estop.by}` : "",
    link.clients > 1 ? `${link.clients} here` : "",
    link.training === null ? who : "",
  ]
    .filter((text) => text !== "")
    .join(" · ");
}
