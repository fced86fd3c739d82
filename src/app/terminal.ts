import type { CommandIo } from "./command-io.ts";
import type { Failure } from "./failure.ts";
import type { Interrupt } from "./interrupt.ts";
import { type Progress, startProgress } from "./progress.ts";
import { type Colourable, type Style, styleFor } from "./style.ts";
import { formatTable } from "./table.ts";

/** The part of a process stream that the terminal uses. */
export interface OutputStream extends Colourable {
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * The two output streams of the process, kept apart: what the command answers on stdout, all else on stderr. Under
 * `--json` stdout gets one object, written by `finish`.
 */
export class Terminal implements CommandIo {
  readonly json: boolean;
  readonly style: Style;
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #interrupt: Interrupt;
  #answer: object | undefined;
  #drawn = false;

  constructor(
    json: boolean,
    interrupt: Interrupt,
    streams: { stdout: OutputStream; stderr: OutputStream } = process,
  ) {
    this.json = json;
    this.#interrupt = interrupt;
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    this.style = styleFor(json ? streams.stderr : streams.stdout);
  }

  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  print(text: string): void {
    this.#write(this.json ? this.#stderr : this.#stdout, `${text}\n`);
  }

  note(text: string): void {
    this.#write(this.#stderr, `${text}\n`);
  }

  result<T extends object>(value: T, render?: (value: T) => string): void {
    if (this.#answer !== undefined) throw new Error("A command gives its result once.");
    this.#answer = value;
    if (!this.json) this.print(render === undefined ? toJson(value, 2) : render(value));
  }

  table(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
    this.print(formatTable(titles, rows, this.style.bold));
  }

  progress(label: string, total?: number): Progress {
    const stderr = this.#stderr;
    const isTty = stderr.isTTY === true;
    return startProgress(
      label,
      total,
      {
        isTty,
        columns: isTty ? (stderr.columns ?? 80) - 1 : 200,
        draw: (line) => this.#draw(line, isTty),
        clear: () => this.#clear(),
      },
      () => performance.now(),
    );
  }

  /** Says how the command ended, if it did not end well; under `--json` writes the one object. */
  finish(failure?: Failure): void {
    if (failure !== undefined) this.note(`${styleFor(this.#stderr).red("error:")} ${failure.text}`);
    if (!this.json) return;
    const error = failure === undefined ? {} : { error: failure.report };
    this.#write(this.#stdout, `${toJson({ ...this.#answer, ...error })}\n`);
  }

  #write(stream: OutputStream, text: string): void {
    this.#clear();
    stream.write(text);
  }

  #draw(line: string, isTty: boolean): void {
    this.#clear();
    this.#stderr.write(isTty || line.endsWith("\n") ? line : `${line}\n`);
    this.#drawn = isTty && !line.endsWith("\n");
  }

  #clear(): void {
    if (this.#drawn) this.#stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}

function toJson(value: object, indent?: number): string {
  const plain = (_: string, inner: unknown) =>
    ArrayBuffer.isView(inner) && !(inner instanceof DataView)
      ? Array.from(inner as unknown as ArrayLike<unknown>)
      : inner;
  return JSON.stringify(value, plain, indent);
}
