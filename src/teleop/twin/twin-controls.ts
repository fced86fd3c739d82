/**
 * The twin's front panel, shared between threads: the loop that simulates never waits for messages, so the remote
 * control, the band and the stop switch are words in shared memory, and so is what it reports.
 */
export class TwinControls {
  readonly buffer: SharedArrayBuffer;
  readonly #floats: Float64Array;
  readonly #ints: Int32Array;

  /** A new panel, or another thread's. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8 * FLOATS.length + 4 * INTS.length)) {
    this.buffer = buffer;
    this.#floats = new Float64Array(buffer, 0, FLOATS.length);
    this.#ints = new Int32Array(buffer, 8 * FLOATS.length, INTS.length);
  }

  get(name: PanelFloat): number {
    return this.#floats[FLOATS.indexOf(name)];
  }

  set(name: PanelFloat, value: number): void {
    this.#floats[FLOATS.indexOf(name)] = value;
  }

  read(name: PanelInt): number {
    return Atomics.load(this.#ints, INTS.indexOf(name));
  }

  store(name: PanelInt, value: number): void {
    Atomics.store(this.#ints, INTS.indexOf(name), value);
  }

  /** Counts up by one; the other thread compares with what it saw last. */
  bump(name: PanelInt): void {
    Atomics.add(this.#ints, INTS.indexOf(name), 1);
  }

  /** Sleeps until the time is up or the twin is told to stop. For a thread of its own. */
  sleep(ms: number): void {
    Atomics.wait(this.#ints, INTS.indexOf("stop"), 0, ms);
  }

  /** Tells the loop to end, now. */
  stop(): void {
    this.store("stop", 1);
    Atomics.notify(this.#ints, INTS.indexOf("stop"));
  }
}

const FLOATS = [
  // To the twin: sticks, band, shove (m/s, world).
  "lx",
  "ly",
  "rx",
  "ry",
  "lift",
  "pushX",
  "pushY",
  // From the twin: simulated time (s), pelvis position (m) and orientation, how upright it is (1 = upright), time late (s).
  "time",
  "x",
  "y",
  "z",
  "quatW",
  "quatX",
  "quatY",
  "quatZ",
  "upright",
  "worstDelay",
] as const;
const INTS = [
  // To the twin.
  "stop",
  "keys",
  "band",
  "pushes",
  "resets",
  // From the twin.
  "owner",
  "accepted",
  "badCrc",
  "refused",
  "lateTicks",
  "divergences",
] as const;
export type PanelFloat = (typeof FLOATS)[number];
export type PanelInt = (typeof INTS)[number];
