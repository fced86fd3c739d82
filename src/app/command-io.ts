import type { Progress } from "./progress.ts";
import type { Style } from "./style.ts";

/** What a command is handed to talk to the world; the only way that anything is printed. */
export interface CommandIo {
  /** True under `--json`: stdout carries one object, so `print` and `table` write to stderr. */
  readonly json: boolean;
  /** Colours for stdout; none where they are not wanted. */
  readonly style: Style;
  /**
   * Aborts at the first Ctrl-C; save what must not be lost and return. Whoever never asks for it is ended at once,
   * as is everybody by the second Ctrl-C.
   */
  readonly signal: AbortSignal;
  /** One line or more for people, on stdout. */
  print(text: string): void;
  /** Something said along the way, on stderr. */
  note(text: string): void;
  /**
   * The command's answer, at most once: the object under `--json`, else what `render` makes of it. Typed arrays become
   * arrays, and numbers that are not finite null.
   */
  result<T extends object>(value: T, render?: (value: T) => string): void;
  /** Rows below titles; numbers are set to the right. */
  table(titles: readonly string[], rows: readonly (readonly (string | number)[])[]): void;
  /** A line on stderr that follows long work; hold it with `using`. */
  progress(label: string, total?: number): Progress;
}
