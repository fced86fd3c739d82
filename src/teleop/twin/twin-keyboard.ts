import { UnknownNameError, UsageError } from "../../common/index.ts";
import { REMOTE_KEYS } from "../robot-state.ts";
import { MOTOR_OWNERS } from "./run-twin.ts";
import type { TwinControls } from "./twin-controls.ts";

const STICKS = ["lx", "ly", "rx", "ry"] as const;
/** How long a pressed key stays down, ms: programs that look at 50 Hz see it. */
const PRESS_MS = 300;

const WORDS = {
  press: "press KEY[+KEY]    press keys of the remote control: start, select, A, L2+R2 ...",
  stick: "stick NAME VALUE   hold a stick: lx, ly, rx, ry, from -1 to 1",
  band: "band on|off        the elastic band",
  lift: "lift METRES        how far above its standing height the band holds the robot",
  push: "push X Y           change the pelvis' velocity, m/s, world",
  reset: "reset              put the robot back where it started",
  state: "state              what the robot does",
  help: "help               these words",
} as const;
type Word = keyof typeof WORDS;

/** What a person, or a test, at the twin's keyboard can do. */
export class TwinKeyboard {
  readonly #controls: TwinControls;
  readonly #later: (action: () => void, ms: number) => void;

  constructor(controls: TwinControls, later: (action: () => void, ms: number) => void) {
    this.#controls = controls;
    this.#later = later;
  }

  /** Does what a line says; returns what there is to say about it. Throws `UsageError` where it makes no sense. */
  execute(line: string): string {
    const [word, ...args] = line.trim().split(/\s+/);
    if (word === "") return "";
    if (!Object.hasOwn(WORDS, word)) throw new UnknownNameError("word", word, Object.keys(WORDS));
    return this.#do[word as Word](args);
  }

  readonly #do: Readonly<Record<Word, (args: readonly string[]) => string>> = {
    press: ([keys = ""]) => {
      this.press(keysOf(keys));
      return "";
    },
    stick: ([name, value]) => {
      const stick = STICKS.find((known) => known === name);
      if (stick === undefined) throw new UnknownNameError("stick", name ?? "", STICKS);
      this.#controls.set(stick, numberIn(value, -1, 1));
      return "";
    },
    band: ([to]) => {
      if (to !== "on" && to !== "off") throw new UsageError("The band is on or off.", 'Say "band off".');
      this.#controls.store("band", to === "on" ? 1 : 0);
      return "";
    },
    lift: ([metres]) => {
      this.#controls.set("lift", numberIn(metres, -1, 1));
      return "";
    },
    push: ([x, y = "0"]) => {
      this.#controls.set("pushX", numberIn(x, -5, 5));
      this.#controls.set("pushY", numberIn(y, -5, 5));
      this.#controls.bump("pushes");
      return "";
    },
    reset: () => {
      this.#controls.bump("resets");
      return "";
    },
    state: () => JSON.stringify(twinReport(this.#controls)),
    help: () => Object.values(WORDS).join("\n"),
  };

  /** Holds keys down for a moment. */
  press(keys: number): void {
    this.#controls.store("keys", keys);
    this.#later(() => this.#controls.store("keys", 0), PRESS_MS);
  }
}

/** What a twin says of itself. */
export interface TwinReport {
  /** Simulated, s. */
  readonly time: number;
  /** Pelvis, world, m. */
  readonly position: readonly [number, number, number];
  /** World from pelvis, [w, x, y, z]: the simulator's truth, which no topic tells. */
  readonly orientation: readonly [number, number, number, number];
  /** Cosine of the pelvis' tilt: 1 upright, 0 lying. */
  readonly upright: number;
  /** Who has the motors. */
  readonly motors: string;
  /** Low-level commands by what became of them. */
  readonly commands: { readonly accepted: number; readonly badCrc: number; readonly refused: number };
  /** Steps more than 2 ms late, and the worst of them, ms. */
  readonly lateSteps: number;
  readonly worstDelayMs: number;
  /** How often the physics broke and the robot was put back. */
  readonly divergences: number;
}

/** Reads a twin's panel. */
export function twinReport(controls: TwinControls): TwinReport {
  return {
    time: controls.get("time"),
    position: [controls.get("x"), controls.get("y"), controls.get("z")],
    orientation: [controls.get("quatW"), controls.get("quatX"), controls.get("quatY"), controls.get("quatZ")],
    upright: controls.get("upright"),
    motors: MOTOR_OWNERS[controls.read("owner")],
    commands: {
      accepted: controls.read("accepted"),
      badCrc: controls.read("badCrc"),
      refused: controls.read("refused"),
    },
    lateSteps: controls.read("lateTicks"),
    worstDelayMs: 1000 * controls.get("worstDelay"),
    divergences: controls.read("divergences"),
  };
}

function keysOf(text: string): number {
  let mask = 0;
  for (const name of text.split("+")) {
    const key = (Object.keys(REMOTE_KEYS) as (keyof typeof REMOTE_KEYS)[]).find((known) => known === name);
    if (key === undefined) throw new UnknownNameError("key", name, Object.keys(REMOTE_KEYS));
    mask |= REMOTE_KEYS[key];
  }
  return mask;
}

function numberIn(text: string | undefined, low: number, high: number): number {
  const value = text === undefined ? Number.NaN : Number(text);
  if (value >= low && value <= high) return value;
  throw new UsageError(`"${text ?? ""}" is no number from ${low} to ${high}.`, 'Say "help" for the words.');
}
