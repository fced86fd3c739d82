import { element, iconButton } from "./element.ts";

/** A key, what it is called on the list, and what it does. */
export interface Shortcut {
  readonly key: string;
  readonly about: string;
  readonly run: () => void;
}

/** Keys that other parts of the page take. */
const ELSEWHERE: readonly (readonly [keys: string, about: string])[] = [
  ["W S", "walk forward, back"],
  ["A D", "turn left, right"],
  ["Q E", "step left, right"],
  ["drag", "orbit; right button pans, wheel zooms"],
  ["double-click", "select a body"],
  ["Ctrl + drag", "pull a body (touch: long press, then drag)"],
  ["Ctrl + right drag", "twist a body"],
  ["Esc Esc", "emergency stop of a live robot (gamepad: select, or L2 with B)"],
];

/** The page's keys, and the list of them that `?` opens. */
export class Shortcuts {
  readonly dialog = element("dialog", { class: "shortcuts", "aria-label": "Keyboard shortcuts" });
  readonly #byKey: ReadonlyMap<string, Shortcut>;

  constructor(shortcuts: readonly Shortcut[]) {
    const all = [...shortcuts, { key: "?", about: "this list", run: () => this.toggle() }];
    this.#byKey = new Map(all.map((shortcut) => [shortcut.key, shortcut]));
    const rows = [...ELSEWHERE, ...all.map(({ key, about }) => [nameOf(key), about] as const)];
    const list = element("dl");
    for (const [key, about] of rows)
      list.append(element("dt", {}, element("kbd", { text: key })), element("dd", { text: about }));
    this.dialog.append(
      element("h2", { text: "Keys and gestures" }),
      iconButton("close", "Close", () => this.dialog.close()),
      list,
    );
  }

  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.show(); // not modal: the emergency stop stays within reach
  }

  /** Runs the shortcut of a key press; false where there is none. */
  press(event: KeyboardEvent): boolean {
    const shortcut = event.ctrlKey || event.metaKey || event.altKey ? undefined : this.#byKey.get(event.key);
    shortcut?.run();
    return shortcut !== undefined;
  }
}

const nameOf = (key: string): string => ({ " ": "space", Backspace: "⌫" })[key] ?? key;
