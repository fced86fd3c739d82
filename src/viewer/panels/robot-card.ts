import type { HostRequest, LinkState } from "../host/messages.ts";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";

type Phase = Extract<HostRequest, { op: "transition" }>["to"];

/** Where a robot can be sent from each of its states. */
const STEPS: Readonly<Record<string, readonly (readonly [text: string, to: Phase])[]>> = {
  passive: [["damp", "damping"]],
  damping: [
    ["stand up", "standing-up"],
    ["motors off", "passive"],
  ],
  "standing-up": [["damp", "damping"]],
  ready: [
    ["run", "running"],
    ["damp", "damping"],
  ],
  running: [["damp", "damping"]],
  fault: [["acknowledge", "damping"]],
};

/** The state of a real robot, and the states that it can be sent to from there. */
export class RobotCard {
  readonly root = element("section", { class: "card robot", "aria-label": "Robot" });
  readonly #viewer: Viewer;
  readonly #state = element("h2");
  readonly #fault = element("p");
  readonly #steps = element("div", { class: "group" });
  #shown = "";

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.root.hidden = true;
    this.root.append(element("header", {}, this.#state), this.#fault, this.#steps);
    viewer.link.on("link", ({ link }) => this.#show(link));
  }

  #show({ robotState, fault, battery }: LinkState): void {
    this.root.hidden = this.#viewer.session?.kind !== "robot" || robotState === "";
    const charge = Number.isFinite(battery) ? ` · battery ${Math.round(100 * battery)} %` : "";
    this.#state.textContent = `${robotState}${charge}`;
    this.root.dataset.state = robotState;
    this.#fault.textContent = fault;
    if (robotState === this.#shown) return;
    this.#shown = robotState;
    this.#steps.replaceChildren(
      ...(STEPS[robotState] ?? []).map(([text, to]) =>
        element("button", {
          class: "text",
          type: "button",
          text,
          onclick: () => this.#viewer.send({ op: "transition", to }),
        }),
      ),
    );
  }
}
