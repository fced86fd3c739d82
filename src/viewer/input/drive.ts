/** Velocity command, m/s and rad/s: forward, left, turn. */
export type Velocity = readonly [number, number, number];

/** Shares of the greatest command, -1 to 1: forward, left, turn. */
export type Stick = readonly [number, number, number];

const KEYS: Readonly<Record<string, Stick>> = {
  KeyW: [1, 0, 0],
  KeyS: [-1, 0, 0],
  KeyA: [0, 0, 1],
  KeyD: [0, 0, -1],
  KeyQ: [0, 1, 0],
  KeyE: [0, -1, 0],
};

/** How fast keys push the stick over, 1/s. */
const KEY_RATE = 3;
const DEAD_ZONE = 0.12;

/**
 * Turns keys, gamepads and on-screen sticks into one velocity command, within the policy's range. Keys are eased in, so
 * that a tap is a small step; whoever moves furthest wins.
 */
export class Drive {
  ranges: readonly (readonly [number, number])[] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  /** Set by on-screen sticks. */
  screen: Stick = [0, 0, 0];
  readonly #held = new Set<string>();
  readonly #eased: [number, number, number] = [0, 0, 0];
  #sent: Velocity = [0, 0, 0];

  /** Whether a key drives. */
  press(code: string): boolean {
    if (KEYS[code] === undefined) return false;
    this.#held.add(code);
    return true;
  }

  release(code: string): void {
    this.#held.delete(code);
  }

  /** Lets go of everything, as when the window loses the keyboard. */
  releaseAll(): void {
    this.#held.clear();
    this.screen = [0, 0, 0];
  }

  /** Moves on by `dt` seconds and returns the command where it has changed. */
  update(dt: number, pads: readonly (Gamepad | null)[]): Velocity | undefined {
    const pad = padStick(pads);
    const keys = this.#keys(dt);
    const command = [0, 1, 2].map((k) => this.#scale(k, furthest(keys[k], pad[k], this.screen[k])));
    const hasChanged = command.some((value, k) => Math.abs(value - this.#sent[k]) > 1e-3);
    const hasStopped = command.every((value) => value === 0) && this.#sent.some((value) => value !== 0);
    if (!hasChanged && !hasStopped) return undefined;
    this.#sent = [command[0], command[1], command[2]];
    return this.#sent;
  }

  #keys(dt: number): Stick {
    const wanted = [0, 0, 0];
    for (const code of this.#held) for (let k = 0; k < 3; k++) wanted[k] += KEYS[code][k];
    for (let k = 0; k < 3; k++) {
      const most = KEY_RATE * dt * (wanted[k] === 0 ? 2 : 1);
      const step = Math.max(-1, Math.min(1, wanted[k])) - this.#eased[k];
      this.#eased[k] += Math.max(-most, Math.min(most, step));
    }
    return this.#eased;
  }

  /** Forward and back, left and right may have ranges of their own. In whole hundredths, so that links stay short. */
  #scale(k: number, share: number): number {
    const [low, high] = this.ranges[k];
    const value = Math.round(100 * (share >= 0 ? share * high : -share * low)) / 100;
    return value === 0 ? 0 : value;
  }
}

function padStick(pads: readonly (Gamepad | null)[]): Stick {
  const pad = pads.find((candidate) => candidate?.connected);
  if (pad === undefined || pad === null) return [0, 0, 0];
  const axis = (i: number) => (Math.abs(pad.axes[i] ?? 0) < DEAD_ZONE ? 0 : -(pad.axes[i] ?? 0));
  return [axis(1), axis(0), axis(2)];
}

function furthest(...values: readonly number[]): number {
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
}
