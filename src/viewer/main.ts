import { openPage } from "./page/open-page.ts";

openPage({
  canvas: document.querySelector("#stage") as HTMLCanvasElement,
  page: document.querySelector("#page") as HTMLElement,
  now: () => performance.now() / 1000,
});
