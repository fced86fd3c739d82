import { describe, expect, it } from "vitest";
import { REMOTE_KEYS } from "../../../src/teleop/robot-state.ts";
import { JoystickEvents } from "../../../src/teleop/twin/joystick.ts";
import { TwinControls } from "../../../src/teleop/twin/twin-controls.ts";
import { TwinKeyboard } from "../../../src/teleop/twin/twin-keyboard.ts";

describe("a twin's keyboard", () => {
  it("works remote control, band, shove and reset", () => {
    const controls = new TwinControls();
    const later: (() => void)[] = [];
    const keyboard = new TwinKeyboard(controls, (action) => later.push(action));
    for (const line of ["press L2+R2", "stick ly 0.5", "band on", "lift 0.1", "push 0.3 -0.2", "reset", ""])
      keyboard.execute(line);
    expect(controls.read("keys")).toBe(REMOTE_KEYS.L2 | REMOTE_KEYS.R2);
    expect([controls.get("ly"), controls.get("lift"), controls.get("pushX"), controls.get("pushY")]).toEqual([
      0.5, 0.1, 0.3, -0.2,
    ]);
    expect([controls.read("band"), controls.read("pushes"), controls.read("resets")]).toEqual([1, 1, 1]);
    for (const action of later) action();
    expect(controls.read("keys")).toBe(0);
  });

  it.each([
    "fly",
    "press Z",
    "stick up 1",
    "stick ly",
    "stick ly 2",
    "band maybe",
    "lift high",
    "constructor",
  ])('makes nothing of "%s", and says what there is', (line) => {
    expect(() => new TwinKeyboard(new TwinControls(), () => {}).execute(line)).toThrow();
  });
});

describe("a gamepad", () => {
  const event = (value: number, type: number, number: number): number[] => {
    const view = new DataView(new ArrayBuffer(8));
    view.setInt16(4, value, true);
    view.setUint8(6, type);
    view.setUint8(7, number);
    return [...new Uint8Array(view.buffer)];
  };

  it("is the robot's remote control, in whatever pieces its events come", () => {
    const controls = new TwinControls();
    const joystick = new JoystickEvents(controls);
    const bytes = [
      ...event(-32767, 2, 1), // left stick forward
      ...event(16384, 0x82, 3), // right stick right, as an initial state
      ...event(1, 1, 7), // start
      ...event(32767, 2, 5), // R2
      ...event(-32767, 2, 6), // cross left
    ];
    for (let at = 0; at < bytes.length; at += 5) joystick.feed(Uint8Array.from(bytes.slice(at, at + 5)));
    expect(controls.get("ly")).toBe(1);
    expect(controls.get("rx")).toBeCloseTo(0.5, 3);
    expect(controls.read("keys")).toBe(REMOTE_KEYS.start | REMOTE_KEYS.R2 | REMOTE_KEYS.left);
    joystick.feed(Uint8Array.from(event(0, 1, 7)));
    expect(controls.read("keys")).toBe(REMOTE_KEYS.R2 | REMOTE_KEYS.left);
  });
});
