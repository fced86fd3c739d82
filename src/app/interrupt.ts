import { ContrappostoError } from "../common/index.ts";
import { EXIT_STATUS } from "./exit-status.ts";

/** Why `io.signal` aborts. */
class InterruptedError extends ContrappostoError {
  override readonly code = "INTERRUPTED";

  constructor() {
    super("Interrupted.", "Start the command again.");
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Turns Ctrl-C (and a polite request to end) into an abort signal: the first one asks, the second ends the process. */
export class Interrupt implements Disposable {
  readonly #announce: () => void;
  #controller: AbortController | undefined;

  /** @param announce called at the first Ctrl-C */
  constructor(announce: () => void) {
    this.#announce = announce;
  }

  /** Taking it is a promise to heed it: until then Ctrl-C ends the process as usual. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      for (const name of SIGNALS) process.on(name, this.#onSignal);
    }
    return this.#controller.signal;
  }

  get happened(): boolean {
    return this.#controller?.signal.aborted ?? false;
  }

  [Symbol.dispose](): void {
    for (const name of SIGNALS) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (): void => {
    if (this.happened) process.exit(EXIT_STATUS.interrupted);
    this.#announce();
    this.#controller?.abort(new InterruptedError());
  };
}
