import { StreamError } from "../errors.ts";
import type { StreamDeclaration } from "../messages/stream.ts";

/** A stream before it has an id. */
export type StreamPlan = Omit<StreamDeclaration, "id" | "direction"> & { readonly direction?: "out" };

/** An output stream under way. */
export interface OutputStream {
  readonly declaration: StreamDeclaration;
  sequence: number;
}

/** The streams of a hub by name. Ids go up and are not used twice, until 65535 of them have been. */
export class StreamTable {
  #streams: ReadonlyMap<string, OutputStream> = new Map();
  #nextId = 1;

  /** Replaces all output streams. */
  declare(plans: readonly StreamPlan[]): void {
    this.#streams = new Map(
      plans.map((plan) => [
        plan.name,
        { declaration: { ...plan, id: this.takeId(), direction: "out" }, sequence: 0 },
      ]),
    );
  }

  get declarations(): StreamDeclaration[] {
    return Array.from(this.#streams.values(), ({ declaration }) => declaration);
  }

  /** Throws `StreamError` with the names that exist. */
  get(name: string): OutputStream {
    const stream = this.#streams.get(name);
    if (stream !== undefined) return stream;
    throw new StreamError(
      `There is no stream "${name}".`,
      `Use one of: ${[...this.#streams.keys()].join(", ")}.`,
    );
  }

  find(name: string): OutputStream | undefined {
    return this.#streams.get(name);
  }

  takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff ? 1 : id + 1;
    return id;
  }
}

/** Every how many samples one is sent, so that a subscriber gets at most `rateHz`. */
export function strideFor(streamHz: number, rateHz: number | undefined): number {
  return rateHz === undefined ? 1 : Math.max(1, Math.ceil(streamHz / rateHz - 1e-6));
}
