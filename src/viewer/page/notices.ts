import { element, iconButton } from "./element.ts";
import type { HostLink } from "./host-link.ts";

const STAY_MS = 9000;

/** Short messages in a corner: what happened, what went wrong and what to do about it. */
export class Notices {
  readonly root = element("div", { class: "notices", role: "status", "aria-live": "polite" });

  constructor(link: HostLink) {
    link.on("problem", ({ problem, remedy }) => this.show(problem, remedy, "problem"));
    link.on("event", ({ text }) => this.show(text));
  }

  /** Shows a message; problems stay until they are closed. */
  show(text: string, more = "", kind: "event" | "problem" = "event"): void {
    const notice = element("div", { class: `notice ${kind}` }, element("strong", { text }));
    if (more !== "") notice.append(element("span", { text: more }));
    notice.append(iconButton("close", "Close", () => notice.remove()));
    this.root.append(notice);
    while (this.root.children.length > 4) this.root.firstElementChild?.remove();
    if (kind === "event") setTimeout(() => notice.remove(), STAY_MS);
  }
}
