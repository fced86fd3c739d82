import type { ReplayState } from "../host/messages.ts";
import { element } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";

const VERDICTS: Readonly<Record<ReplayState["verdict"], string>> = {
  checking: "checking",
  verified: "verified",
  differs: "differs",
  unchecked: "not checked",
};

/** Where a replay is, to drag anywhere at once, and whether it came out as it was recorded. */
export class Timeline {
  readonly root = element("section", { class: "card timeline", "aria-label": "Timeline" });
  readonly #viewer: Viewer;
  readonly #slider = element("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    "aria-label": "time",
  });
  readonly #time = element("span", { class: "time" });
  readonly #verdict = element("span", { class: "verdict", role: "status" });

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.root.append(this.#verdict, this.#slider, this.#time);
    this.root.hidden = true;
    this.#slider.addEventListener("input", () =>
      viewer.send({ op: "seek", step: Number(this.#slider.value) }),
    );
    viewer.link.on("replay", ({ replay }) => this.#show(replay));
    viewer.link.on("session", ({ session }) => {
      if (session.mode !== "replay") this.root.hidden = true;
    });
  }

  #show({ steps, step, progress, checks, verdict, problem }: ReplayState): void {
    this.root.hidden = false;
    const seconds = this.#viewer.view?.robot.controlTimestep ?? 0.02;
    this.#slider.max = String(steps);
    this.#slider.value = String(step);
    this.#time.textContent = `${(step * seconds).toFixed(2)} / ${(steps * seconds).toFixed(2)} s`;
    this.#verdict.dataset.verdict = verdict;
    this.#verdict.textContent =
      verdict === "checking"
        ? `checking ${Math.round(100 * progress)} %`
        : `${VERDICTS[verdict]}${verdict === "verified" ? ` · ${checks} hashes` : ""}`;
    this.#verdict.title =
      problem || "Digests of every bit of the physics, compared as the session was computed again.";
  }
}
