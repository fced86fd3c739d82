import { describe, expect, it } from "vitest";
import { StopButtons, StopKeys } from "../../src/viewer/input/stop-input.ts";

const pad = (...pressed: number[]) =>
  ({
    connected: true,
    buttons: Array.from({ length: 17 }, (_, i) => ({ pressed: pressed.includes(i) })),
  }) as unknown as Gamepad;

describe("the emergency stop by key and gamepad", () => {
  it("takes two presses of Escape that follow each other", () => {
    const keys = new StopKeys();
    expect(keys.press("Escape", 0)).toBe(false);
    expect(keys.press("Escape", 400)).toBe(true);
    expect(keys.press("Escape", 5000)).toBe(false);
    expect(keys.press("Escape", 6000)).toBe(false);
    expect(keys.press("w", 6100)).toBe(false);
    expect(keys.press("Escape", 6200)).toBe(false);
  });

  it("takes select, or L2 with B, once for each time that they are pressed", () => {
    const buttons = new StopButtons();
    expect(buttons.update([null, pad()])).toBe(false);
    expect(buttons.update([pad(1)])).toBe(false);
    expect(buttons.update([pad(1, 6)])).toBe(true);
    expect(buttons.update([pad(1, 6)])).toBe(false);
    expect(buttons.update([])).toBe(false);
    expect(buttons.update([null, pad(8)])).toBe(true);
  });
});
