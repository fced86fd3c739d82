import { closeSync, constants, openSync, readSync } from "node:fs";
import { joinBytes, UsageError } from "../../common/index.ts";
import { REMOTE_KEYS } from "../robot-state.ts";
import type { TwinControls } from "./twin-controls.ts";

// Linux joystick interface: events of 8 bytes: time (u32, ms), value (i16), type (u8), number (u8).
const EVENT_SIZE = 8;
const BUTTON = 1;
const AXIS = 2;
/** Set in the events that tell the initial state. */
const INITIAL = 0x80;

/** Axes and buttons as the kernel's xpad driver numbers them. */
const STICKS = [
  { number: 0, stick: "lx", sign: 1 },
  { number: 1, stick: "ly", sign: -1 },
  { number: 3, stick: "rx", sign: 1 },
  { number: 4, stick: "ry", sign: -1 },
] as const;
const BUTTONS = ["A", "B", "X", "Y", "L1", "R1", "select", "start"] as const;
const TRIGGERS = [
  { number: 2, key: "L2" },
  { number: 5, key: "R2" },
] as const;
const HATS = [
  { number: 6, keys: ["left", "right"] },
  { number: 7, keys: ["up", "down"] },
] as const;

/** Turns the kernel's joystick events into the twin's remote control. Feed it bytes as they come. */
export class JoystickEvents {
  readonly #controls: TwinControls;
  #rest: Uint8Array = new Uint8Array();

  constructor(controls: TwinControls) {
    this.#controls = controls;
  }

  feed(bytes: Uint8Array): void {
    const all = joinBytes([this.#rest, bytes]);
    const whole = all.length - (all.length % EVENT_SIZE);
    const view = new DataView(all.buffer);
    for (let at = 0; at < whole; at += EVENT_SIZE) {
      this.#event(view.getInt16(at + 4, true), view.getUint8(at + 6) & ~INITIAL, view.getUint8(at + 7));
    }
    this.#rest = all.slice(whole);
  }

  #event(value: number, type: number, number: number): void {
    if (type === BUTTON && number < BUTTONS.length) this.#key(BUTTONS[number], value !== 0);
    if (type !== AXIS) return;
    const stick = STICKS.find((each) => each.number === number);
    if (stick !== undefined) this.#controls.set(stick.stick, (stick.sign * value) / 32767);
    const trigger = TRIGGERS.find((each) => each.number === number);
    if (trigger !== undefined) this.#key(trigger.key, value > 0);
    const hat = HATS.find((each) => each.number === number);
    if (hat === undefined) return;
    this.#key(hat.keys[0], value < 0);
    this.#key(hat.keys[1], value > 0);
  }

  #key(name: keyof typeof REMOTE_KEYS, isDown: boolean): void {
    const keys = this.#controls.read("keys");
    this.#controls.store("keys", isDown ? keys | REMOTE_KEYS[name] : keys & ~REMOTE_KEYS[name]);
  }
}

/** How often a gamepad is read, ms: as often as the twin tells of its remote control. */
const READ_MS = 10;

/**
 * Reads a gamepad (Linux: /dev/input/js0) into the twin's remote control, until it is disposed. Polls, since a read that
 * waits for somebody to move a stick could not be ended. Throws `UsageError` where it cannot be opened.
 *
 * @param onLost called with what went wrong when it cannot be read any more; sticks and keys are released then
 */
export function connectGamepad(
  path: string,
  controls: TwinControls,
  onLost: (error: Error) => void,
): Disposable {
  const device = open(path);
  const events = new JoystickEvents(controls);
  const bytes = new Uint8Array(64 * EVENT_SIZE);
  const timer = setInterval(() => {
    try {
      for (let count = read(device, bytes); count > 0; count = read(device, bytes))
        events.feed(bytes.subarray(0, count));
    } catch (error) {
      clearInterval(timer);
      for (const { stick } of STICKS) controls.set(stick, 0);
      controls.store("keys", 0);
      onLost(error as Error);
    }
  }, READ_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      closeSync(device);
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw new UsageError(
      `The gamepad "${path}" cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      "Plug it in, and see which /dev/input/js* it is and that you may read it.",
      { cause },
    );
  }
}

/** How many bytes there were; none where nobody has moved anything. */
function read(device: number, bytes: Uint8Array): number {
  try {
    return readSync(device, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}
