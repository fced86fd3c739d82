import type { ControllerFile } from "../../policies/index.ts";
import { Engine } from "../../sim/index.ts";
import type { Host } from "./host.ts";
import { LiveHost } from "./live-host.ts";
import { type HostOptions, LocalHost, problemOf } from "./local-host.ts";
import type { HostReport, HostRequest } from "./messages.ts";
import type { NowMs } from "./pacer.ts";
import { ReplayHost } from "./replay-host.ts";
import { type ReadFile, Site } from "./site-files.ts";

export interface SwitchboardOptions {
  readonly read: ReadFile;
  readonly report: (report: HostReport) => void;
  readonly now: NowMs;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * The worker's whole job, without the worker: takes the page's requests one after the other, opens the host that each
 * asks for, and hands the rest to it.
 */
export class Switchboard {
  readonly #options: SwitchboardOptions;
  readonly #dropped = new Map<string, ControllerFile>();
  #host: Host | undefined;
  readonly #engine: Promise<Engine>;
  #site: Promise<Site> | undefined;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: SwitchboardOptions) {
    this.#options = options;
    this.#engine = Engine.load(); // before anybody asks: nothing can be shown without it
    this.#engine.catch(() => {}); // whoever asks is told
  }

  /** Takes a request; failures are reported, not thrown. */
  take(request: HostRequest): Promise<void> {
    this.#tail = this.#tail
      .then(() => this.#do(request))
      .catch((error) => this.#options.report({ op: "problem", ...problemOf(error) }));
    return this.#tail;
  }

  async #do(request: HostRequest): Promise<void> {
    const open = this.#opener(request);
    if (open === undefined) return this.#host?.handle(request);
    const before = this.#host;
    this.#host = undefined;
    await before?.close();
    this.#host = await open();
  }

  /** How to open what a request asks for; undefined for one to the host that is open. */
  #opener(request: HostRequest): (() => Promise<Host>) | undefined {
    switch (request.op) {
      case "open":
        return async () => this.#openWorld(await this.#withSite(), request);
      case "openJournal":
        return async () => ReplayHost.ofJournal(await this.#withSite(), request.text);
      case "openRecording":
        return async () =>
          ReplayHost.ofRecording(await this.#hostOptions(Site.empty()), request.bytes, request.name);
      case "connect": {
        const { report, now } = this.#options;
        return async () => LiveHost.open({ engine: this.#engine, report, now, ...request });
      }
    }
  }

  #openWorld(options: HostOptions, { world, wantsShipped }: HostRequest & { op: "open" }): Promise<Host> {
    const isOpen = wantsShipped && world.policies.length === 0;
    const policies = isOpen ? options.site.shipped(world.robot) : world.policies;
    return LocalHost.open(options, { ...world, policies });
  }

  /** Engine and catalogue load side by side, each once. */
  #withSite(): Promise<HostOptions> {
    this.#site ??= Site.open(this.#options.read);
    return this.#hostOptions(this.#site);
  }

  async #hostOptions(opening: Site | Promise<Site>): Promise<HostOptions> {
    const { read: _, ...options } = this.#options;
    const [engine, site] = await Promise.all([this.#engine, opening]);
    return { ...options, engine, site, dropped: this.#dropped };
  }
}
