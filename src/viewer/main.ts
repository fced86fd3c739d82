import { HostLink } from "./page/host-link.ts";

// First of all: the worker readies the engine while the page is still being read.
const link = new HostLink();
const { openPage } = await import("./page/open-page.ts");

openPage({
  link,
  canvas: document.querySelector("#stage") as HTMLCanvasElement,
  page: document.querySelector("#page") as HTMLElement,
  now: () => performance.now() / 1000,
});
