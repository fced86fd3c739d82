/** Two presses of Escape within so long are an emergency stop, ms. */
const TWICE_MS = 700;
/** Buttons of the standard gamepad: as on Unitree's remote, select alone, or L2 with B. */
const [B, L2, SELECT] = [1, 6, 8];

/** Hears an emergency stop in key presses: Escape twice, so that nobody who closes a dialog lets a robot fall. */
export class StopKeys {
  #last = Number.NEGATIVE_INFINITY;

  /** @param timeMs when the key was pressed */
  press(key: string, timeMs: number): boolean {
    const isStop = key === "Escape" && timeMs - this.#last < TWICE_MS;
    this.#last = key === "Escape" ? timeMs : Number.NEGATIVE_INFINITY;
    return isStop;
  }
}

/** Hears an emergency stop in gamepads: true once, when its buttons go down. */
export class StopButtons {
  #wasHeld = false;

  update(pads: readonly (Gamepad | null)[]): boolean {
    const isHeld = pads.some((pad) => pad?.connected === true && wantsStop(pad));
    const isStop = isHeld && !this.#wasHeld;
    this.#wasHeld = isHeld;
    return isStop;
  }
}

function wantsStop({ buttons }: Gamepad): boolean {
  const isPressed = (button: number) => buttons[button]?.pressed === true;
  return isPressed(SELECT) || (isPressed(L2) && isPressed(B));
}

/** Calls back at an emergency stop by key, whatever has the keyboard. */
export function listenForStop(onStop: () => void): void {
  const keys = new StopKeys();
  const hear = ({ key, repeat, timeStamp }: KeyboardEvent) =>
    !repeat && keys.press(key, timeStamp) && onStop();
  addEventListener("keydown", hear, { capture: true });
}
