import type { HostRequest } from "./messages.ts";

/** What runs a world for the page: a simulation in the tab, a server, a recording. */
export interface Host {
  /** Does what the page asks. Throws what goes wrong. */
  handle(request: HostRequest): Promise<void>;
  close(): Promise<void>;
}
