import { UsageError } from "../../common/index.ts";
import type { Input, WorldChoice } from "./messages.ts";

/** Control steps between two digests. */
export const STEPS_PER_HASH = 50;

/** A session as what was done to it: small enough for a link, and enough to repeat it bit for bit. */
export interface Journal {
  readonly format: 1;
  readonly software: string;
  readonly engine: string;
  readonly modelHash: string;
  readonly world: WorldChoice;
  /** Inputs in order, each with the control step before which it came. */
  readonly inputs: readonly (readonly [step: number, input: Input])[];
  readonly steps: number;
  /** Digest of the physics after every `STEPS_PER_HASH` steps, and of the end. */
  readonly hashes: readonly string[];
}

/** Longest session that a link takes, control steps, and most inputs. */
const MOST_STEPS = 15_000;
const MOST_INPUTS = 4_000;

/** Keeps what was done to a session from its beginning on. */
export class JournalKeeper {
  readonly #inputs: [number, Input][] = [];
  readonly #hashes: string[] = [];
  readonly #world: WorldChoice;

  constructor(world: WorldChoice) {
    this.#world = world;
  }

  note(step: number, input: Input): void {
    const last = this.#inputs.at(-1);
    // Of several of one kind before one step the last one counts.
    const isSame =
      last?.[0] === step && last[1].op === input.op && (input.op === "velocity" || input.op === "grab");
    if (isSame) this.#inputs[this.#inputs.length - 1] = [step, input];
    else this.#inputs.push([step, input]);
  }

  /** Call after every step. */
  stepped(step: number, hash: () => string): void {
    if (step % STEPS_PER_HASH === 0) this.#hashes.push(hash());
  }

  /** The session so far. Throws `UsageError` where it is too long for a link. */
  end(steps: number, hash: string, about: Pick<Journal, "software" | "engine" | "modelHash">): Journal {
    if (steps > MOST_STEPS || this.#inputs.length > MOST_INPUTS) {
      throw new UsageError(
        `This session is too long for a link: ${steps} steps and ${this.#inputs.length} inputs.`,
        "Record it and share the file, or reset and share a shorter one.",
      );
    }
    const hashes = steps % STEPS_PER_HASH === 0 ? [...this.#hashes] : [...this.#hashes, hash];
    return { format: 1, ...about, world: this.#world, inputs: [...this.#inputs], steps, hashes };
  }
}

/** The journal as text for a link: deflated JSON in URL-safe base64. */
export async function journalToText(journal: Journal): Promise<string> {
  const { deflateSync, strToU8 } = await import("fflate");
  const bytes = deflateSync(strToU8(JSON.stringify(journal)), { level: 9 });
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads a link's text. Throws `UsageError` where it is damaged or of another version. */
export async function journalFromText(text: string): Promise<Journal> {
  const { inflateSync, strFromU8 } = await import("fflate");
  let journal: Journal;
  try {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    journal = JSON.parse(strFromU8(inflateSync(Uint8Array.from(raw, (char) => char.charCodeAt(0)))));
  } catch (cause) {
    throw new UsageError("The link to this replay is damaged.", "Copy it again, whole.", { cause });
  }
  if (journal.format === 1) return journal;
  throw new UsageError("The link is of another version of Contrapposto.", "Open it with that version.");
}
