// Takes the pictures of docs/viewer.md: npx tsx tools/viewer-pictures.ts [policy.onnx]
// Without a policy file the robot balances. Needs a Chromium; it draws in software, so give it some minutes.
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { chromiumPath } from "../test/browser/open-page.ts";
import { firstFrame, openBrowser, serveSite } from "../test/viewer/support/open-viewer.ts";

const SIZE = { width: 1120, height: 700 };
const OUT = new URL("../docs/images/", import.meta.url).pathname;

interface Picture {
  readonly name: string;
  readonly query: string;
  /** Runs on the page. */
  readonly script: string;
  readonly waitMs: number;
}

async function takePictures(): Promise<void> {
  const path = process.argv[2];
  const name = path === undefined ? "" : basename(path, extname(path));
  const offered = path === undefined ? [] : [{ name, bytes: new Uint8Array(readFileSync(path)) }];
  const chromium = chromiumPath();
  if (chromium === undefined) throw new Error("Install the package chromium, or set CHROMIUM to its path.");
  await using site = await serveSite(offered);
  await using browser = await openBrowser(chromium, { shadows: true, panelOpen: true, theme: "light" });
  for (const { query, script, waitMs, ...picture } of pictures(name)) {
    const page = await browser.open(`${site.url}${query}`, SIZE);
    await firstFrame(page);
    await page.evaluate(script);
    await page.waitForTimeout(waitMs);
    await page.screenshot({ path: `${OUT}viewer-${picture.name}.jpg`, type: "jpeg", quality: 82 });
    await browser.closePages();
  }
}

function pictures(policy: string): Picture[] {
  const walks = policy === "" ? "" : `&policy=${policy}`;
  const overlays = (names: string) =>
    `for (const name of ${JSON.stringify(names.split(" "))}) viewer.settings.overlays[name] = true; viewer.watch();`;
  return [
    {
      name: "local",
      query: `?eye=2.9,-2.3,1.5,0.1,0.25,0.72${walks}`,
      script: `${overlays("contacts centre cameras")} document.querySelector("[title^=Plots]").click(); viewer.drive.press("KeyW")`,
      waitMs: 9000,
    },
    {
      name: "tabletop",
      query: `?scene=tabletop&eye=-1.2,-2.6,2.1,0.55,0.1,0.8`,
      script: `document.querySelector("[title^='Dark']").click(); ${overlays("ghost")}
        viewer.input({ op: "motion", motion: "wave_right", amplitude: 1 })`,
      waitMs: 6000,
    },
    {
      name: "replay",
      query: `?scene=push&eye=-2.2,-2.9,1.7,0.5,0.25,0.75`,
      script: `viewer.send({ op: "step", count: 60 }); viewer.input({ op: "push", velocity: [0.15, 0, 0] });
        viewer.send({ op: "step", count: 140 }); viewer.send({ op: "share" });
        viewer.link.on("shared", ({ text }) => { document.querySelector("dialog[open]")?.close(); viewer.send({ op: "openJournal", text }); })`,
      waitMs: 9000,
    },
  ];
}

await takePictures();
