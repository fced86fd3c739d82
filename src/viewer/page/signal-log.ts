import type { Signal } from "../host/messages.ts";

/** How many samples are kept: a minute at 50 a second. */
const CAPACITY = 3000;

/** The last samples of all signals, oldest first, in one ring. */
export class SignalLog {
  signals: readonly Signal[] = [];
  #width = 0;
  #data = new Float32Array();
  #next = 0;
  #count = 0;
  #offsets = new Map<string, number>();
  /** Goes up with every sample. */
  version = 0;

  /** Declares what samples hold; forgets samples of another layout. */
  declare(signals: readonly Signal[]): void {
    this.signals = signals;
    this.#offsets = new Map();
    this.#width = 0;
    for (const { name, size } of signals) {
      this.#offsets.set(name, this.#width);
      this.#width += size;
    }
    this.#data = new Float32Array(CAPACITY * this.#width);
    this.clear();
  }

  clear(): void {
    this.#next = 0;
    this.#count = 0;
    this.version++;
  }

  /** Adds samples, oldest first; those that don't fit the layout belong to a world that is gone. */
  push(samples: Float32Array): void {
    if (this.#width === 0 || samples.length % this.#width !== 0) return;
    for (let at = 0; at < samples.length; at += this.#width) {
      this.#data.set(samples.subarray(at, at + this.#width), this.#next * this.#width);
      this.#next = (this.#next + 1) % CAPACITY;
      this.#count = Math.min(CAPACITY, this.#count + 1);
      this.version++;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** The newest values of a signal; empty where there are none. */
  newest(name: string): Float32Array {
    const offset = this.#offsets.get(name);
    const size = this.signals.find((signal) => signal.name === name)?.size ?? 0;
    if (offset === undefined || this.#count === 0) return new Float32Array();
    const row = (this.#next + CAPACITY - 1) % CAPACITY;
    const at = row * this.#width + offset;
    return this.#data.subarray(at, at + size);
  }

  /** Values of one place of a signal over the last samples, oldest first; undefined where there is none such. */
  series(name: string, place: number, most = CAPACITY): number[] | undefined {
    const offset = this.#offsets.get(name);
    const size = this.signals.find((signal) => signal.name === name)?.size ?? 0;
    if (offset === undefined || place >= size) return undefined;
    const count = Math.min(most, this.#count);
    const out = new Array<number>(count);
    for (let i = 0; i < count; i++) {
      const row = (this.#next + CAPACITY - count + i) % CAPACITY;
      out[i] = this.#data[row * this.#width + offset + place];
    }
    return out;
  }

  /** All signals over all kept samples as a table with a line of names. */
  toCsv(): string {
    const titles = this.signals.flatMap(({ name, size, labels }) =>
      Array.from({ length: size }, (_, i) => (size === 1 ? name : `${name}.${labels?.[i] ?? i}`)),
    );
    const lines = [titles.map((title) => title.replaceAll(",", ";")).join(",")];
    for (let i = 0; i < this.#count; i++) {
      const row = (this.#next + CAPACITY - this.#count + i) % CAPACITY;
      lines.push(this.#data.subarray(row * this.#width, (row + 1) * this.#width).join(","));
    }
    return `${lines.join("\n")}\n`;
  }
}
