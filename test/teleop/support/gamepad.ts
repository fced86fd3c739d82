import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Axes and buttons as the kernel's xpad driver numbers them. */
const PAD = {
  axis: { lx: 0, ly: 1, L2: 2, rx: 3, ry: 4, R2: 5 },
  button: { A: 0, B: 1, X: 2, Y: 3, L1: 4, R1: 5, select: 6, start: 7 },
} as const;

/** A gamepad that nobody holds: a named pipe that says what a kernel's joystick device would. */
export class Gamepad implements Disposable {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "contrapposto-gamepad-"));
  readonly #pipe: number;

  constructor() {
    this.path = join(this.#folder, "js0");
    const made = spawnSync("mkfifo", [this.path]);
    if (made.status !== 0) throw new Error(`There is no pipe: ${made.stderr}`);
    this.#pipe = openSync(this.path, "r+"); // waits for no reader
  }

  /** Holds an axis, from -1 to 1, as the device says it: down is positive. */
  axis(name: keyof typeof PAD.axis, value: number): void {
    this.#say(Math.round(32767 * value), 2, PAD.axis[name]);
  }

  button(name: keyof typeof PAD.button, isDown: boolean): void {
    this.#say(isDown ? 1 : 0, 1, PAD.button[name]);
  }

  [Symbol.dispose](): void {
    closeSync(this.#pipe);
    rmSync(this.#folder, { recursive: true });
  }

  #say(value: number, type: number, number: number): void {
    const event = new DataView(new ArrayBuffer(8));
    event.setUint32(0, performance.now(), true);
    event.setInt16(4, value, true);
    event.setUint8(6, type);
    event.setUint8(7, number);
    writeSync(this.#pipe, new Uint8Array(event.buffer));
  }
}
