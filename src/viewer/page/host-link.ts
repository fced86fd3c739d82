import type { HostReport, HostRequest } from "../host/messages.ts";

type Reports = { [O in HostReport["op"]]: Extract<HostReport, { op: O }> };
type Listener<O extends HostReport["op"]> = (report: Reports[O]) => void;

/** The page's end of the worker: sends requests, hands reports to whoever listens. */
export class HostLink {
  readonly #worker: Worker;
  readonly #listeners = new Map<string, Set<(report: HostReport) => void>>();
  readonly #latest = new Map<string, HostReport>();

  constructor() {
    this.#worker = new Worker(new URL("../host/host.worker.ts", import.meta.url), {
      type: "module",
      name: document.baseURI,
    });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<HostReport>) => this.#hear(data));
    this.#worker.addEventListener("error", ({ message }) => {
      const remedy = "Reload the page; report it if it happens again.";
      this.#hear({ op: "problem", code: "WORKER", problem: message || "The worker failed.", remedy });
    });
  }

  send(request: HostRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  /** Listens to reports of one kind; the returned function ends it. */
  on<O extends HostReport["op"]>(op: O, listener: Listener<O>): () => void {
    const listeners = this.#listeners.get(op) ?? new Set();
    this.#listeners.set(op, listeners);
    listeners.add(listener as (report: HostReport) => void);
    return () => listeners.delete(listener as (report: HostReport) => void);
  }

  /** The newest report of a kind, if there was one. */
  latest<O extends HostReport["op"]>(op: O): Reports[O] | undefined {
    return this.#latest.get(op) as Reports[O] | undefined;
  }

  #hear(report: HostReport): void {
    this.#latest.set(report.op, report);
    for (const listener of this.#listeners.get(report.op) ?? []) listener(report);
  }
}
