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
  #engine: Promise<Engine> | undefined;
  #site: Promise<Site> | undefined;
  #tail: Promise<void> = Promise.resolve();

  constructor(options: SwitchboardOptions) {
    this.#options = options;
  }

  /** Takes a request; failures are reported, not thrown. */
  take(request: HostRequest): Promise<void> {
    this.#tail = this.#tail
      .then(() => this.#do(request))
      .catch((error) => this.#options.report({ op: "problem", ...problemOf(error) }));
    return this.#tail;
  }

  async #do(request: HostRequest): Promise<void> {
    const open = OPENERS[request.op];
    if (open === undefined) return this.#host?.handle(request);
    const before = this.#host;
    this.#host = undefined;
    await before?.close();
    this.#host = await open(
      await this.#hostOptions(request.op === "open" || request.op === "openJournal"),
      request,
    );
  }

  /** Engine and catalogue load side by side, each once. A live world needs no catalogue of the site. */
  async #hostOptions(needsSite: boolean): Promise<HostOptions> {
    const { read, report, now, wait } = this.#options;
    this.#engine ??= Engine.load();
    if (needsSite) this.#site ??= Site.open(read);
    const [engine, site] = await Promise.all([this.#engine, this.#site ?? Site.empty()]);
    return { engine, site, report, now, wait, dropped: this.#dropped };
  }
}

type Opener = (options: HostOptions, request: HostRequest) => Promise<Host>;

const OPENERS: Partial<Record<HostRequest["op"], Opener>> = {
  open: (options, request) => {
    if (request.op !== "open") throw new TypeError(request.op);
    const { world, wantsShipped } = request;
    const policies =
      wantsShipped && world.policies.length === 0 ? options.site.shipped(world.robot) : world.policies;
    return LocalHost.open(options, { ...world, policies });
  },
  openRecording: (options, request) => {
    if (request.op !== "openRecording") throw new TypeError(request.op);
    return ReplayHost.ofRecording(options, request.bytes, request.name);
  },
  openJournal: (options, request) => {
    if (request.op !== "openJournal") throw new TypeError(request.op);
    return ReplayHost.ofJournal(options, request.text);
  },
  connect: async ({ engine, report, now }, request) => {
    if (request.op !== "connect") throw new TypeError(request.op);
    return LiveHost.open({ engine, report, now, ...request });
  },
};
