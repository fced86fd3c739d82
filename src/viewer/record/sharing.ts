import { element, iconButton } from "../page/element.ts";
import type { Notices } from "../page/notices.ts";
import type { Viewer } from "../page/viewer.ts";
import { saveFile } from "./save-file.ts";

/** What to do with a session that was shared or recorded: a link, a file, a look at it. */
export class Sharing {
  readonly dialog = element("dialog", { class: "sharing", "aria-label": "Share" });
  readonly #viewer: Viewer;

  constructor(viewer: Viewer, notices: Notices) {
    this.#viewer = viewer;
    viewer.link.on("shared", ({ text }) => this.#offerLink(text));
    viewer.link.on("recorded", ({ bytes, name }) => this.#offerFile(bytes, name));
    viewer.link.on("recordedAt", ({ url }) => notices.show("The recording is complete.", url));
  }

  #offerLink(text: string): void {
    const url = new URL(location.href);
    url.search = "";
    url.searchParams.set("local", "");
    url.hash = `replay=${text}`;
    const field = element("input", { readonly: true, value: url.href, "aria-label": "link" });
    const copy = element("button", {
      class: "text",
      type: "button",
      text: "copy",
      onclick: () => {
        field.select();
        void navigator.clipboard?.writeText(url.href);
        copy.textContent = "copied";
      },
    });
    this.#open("Share this session", [
      element("p", {
        text: `Whoever opens this link sees the same session, computed again bit for bit (${url.href.length} characters).`,
      }),
      element(
        "div",
        { class: "group" },
        field,
        copy,
        this.#replayButton(() => this.#viewer.send({ op: "openJournal", text })),
      ),
    ]);
  }

  #offerFile(bytes: Uint8Array, name: string): void {
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" });
    const save = element("button", {
      class: "text",
      type: "button",
      text: "save",
      onclick: () => saveFile(name, blob),
    });
    this.#open("The recording is complete", [
      element("p", {
        text: `${name}, ${(bytes.length / 1e6).toFixed(2)} MB. It replays exactly, here or with "contrapposto replay", and opens in Foxglove.`,
      }),
      element(
        "div",
        { class: "group" },
        save,
        this.#replayButton(() => this.#viewer.send({ op: "openRecording", bytes, name })),
      ),
    ]);
  }

  #replayButton(replay: () => void): HTMLElement {
    return element("button", {
      class: "text",
      type: "button",
      text: "replay it",
      onclick: () => {
        this.dialog.close();
        replay();
      },
    });
  }

  #open(title: string, parts: readonly Node[]): void {
    this.dialog.replaceChildren(
      element("h2", { text: title }),
      iconButton("close", "Close", () => this.dialog.close()),
      ...parts,
    );
    if (!this.dialog.open) this.dialog.show();
  }
}
