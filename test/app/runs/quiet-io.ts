import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandIo } from "../../../src/app/command-io.ts";
import { styleFor } from "../../../src/app/style.ts";

/** A command's side of the world that keeps what is said, and can be interrupted. */
export interface QuietIo extends CommandIo {
  readonly notes: string[];
  readonly progressLines: string[];
  readonly results: object[];
  /** What Ctrl-C does. */
  interrupt(): void;
}

/** @param onProgress called at each update of a progress line with what is done so far, and what the line is called */
export function quietIo(onProgress: (done: number, io: QuietIo, label: string) => void = () => {}): QuietIo {
  const controller = new AbortController();
  const io: QuietIo = {
    json: false,
    style: styleFor({ isTTY: false }),
    signal: controller.signal,
    notes: [],
    progressLines: [],
    results: [],
    interrupt: () => controller.abort(),
    print: () => {},
    note: (text) => void io.notes.push(text),
    result: (value, render) => {
      io.results.push(value);
      render?.(value);
    },
    table: () => {},
    progress: (label) => ({
      update: (done, now) => {
        io.progressLines.push(`${done}/${now?.total} ${now?.details}`);
        onProgress(done, io, label);
      },
      [Symbol.dispose]: () => {},
    }),
  };
  return io;
}

/** A folder that is gone at the end; hold it with `using`. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "contrapposto-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
