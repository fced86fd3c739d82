// The worker in which worlds run; all it does is carry messages.
import type { HostReport, HostRequest } from "./messages.ts";
import { Switchboard } from "./switchboard.ts";

const base = new URL(self.name || "./", self.location.href);

const switchboard = new Switchboard({
  read: async (path) => {
    const response = await fetch(new URL(`data/${path}`, base));
    if (!response.ok) throw new Error(`The site has no file data/${path} (${response.status}).`);
    return new Uint8Array(await response.arrayBuffer());
  },
  report: (report: HostReport) => self.postMessage(report),
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});

self.addEventListener("message", (event: MessageEvent<HostRequest>) => void switchboard.take(event.data));
