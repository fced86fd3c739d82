import type { Shortcuts } from "../page/shortcuts.ts";
import type { Drive } from "./drive.ts";

/** Hands key presses to the drive and to the shortcuts, unless somebody is typing; a dialog takes Escape alone. */
export function listenToKeys(drive: Drive, shortcuts: Shortcuts): void {
  addEventListener("keydown", (event) => {
    const dialog = document.querySelector<HTMLDialogElement>("dialog[open]");
    if (dialog !== null) return event.key === "Escape" ? dialog.close() : undefined;
    if (isTyping(event.target)) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const drives = isPlain && drive.press(event.code);
    if (!drives && !event.repeat && shortcuts.press(event)) event.preventDefault();
  });
  addEventListener("keyup", ({ code }) => drive.release(code));
  addEventListener("blur", () => drive.releaseAll());
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
