// Takes the pictures of docs/viewer.md: npx tsx tools/viewer-pictures.ts [--policy walk.onnx] [--out folder] [names...]
// For the one of a VLA: --vla RUN --scorers RUN. Without a policy file the robot balances. Needs a Chromium, which draws in software here: give it some minutes.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { chromiumPath } from "../test/browser/open-page.ts";
import { firstFrame, openBrowser, serveSite } from "../test/viewer/support/open-viewer.ts";
import { runServer } from "../test/viewer/support/run-server.ts";

const { values: flags, positionals: names } = parseArgs({
  options: {
    ...{ policy: { type: "string" }, out: { type: "string" } },
    ...{ vla: { type: "string" }, scorers: { type: "string" } },
  },
  allowPositionals: true,
});
const OUT = flags.out ?? new URL("../docs/images/", import.meta.url).pathname;
const WIDE = { width: 1280, height: 760 };
const PHONE = { width: 390, height: 780 };
const policy = flags.policy;
const policyId = policy === undefined ? "" : basename(policy, extname(policy));
const walks = policyId === "" ? "" : `&policy=${policyId}`;

interface Shot {
  /** Serves the page; default: the static site. */
  readonly server?: readonly string[];
  readonly query?: string;
  readonly size?: { width: number; height: number };
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What is done before the picture is taken. */
  act(page: Page): Promise<unknown>;
}

const OVERLAYS = ["contacts", "centre", "axes", "frames", "torque", "velocity", "ghost", "trails", "cameras"];
const overlays = (...on: readonly string[]) => ({
  overlays: Object.fromEntries(OVERLAYS.map((name) => [name, on.includes(name)])),
});
const say = (page: Page, script: string, waitMs: number) =>
  page.evaluate(script).then(() => page.waitForTimeout(waitMs));

/** Walks forward and turns a little, then waits. */
const walk = async (page: Page, waitMs: number) => {
  await say(page, `viewer.input({ op: "motion", motion: "wave_right", amplitude: 1 })`, 0);
  await say(page, `viewer.drive.press("KeyW"); viewer.drive.press("KeyA")`, waitMs);
};

/** A VLA in the middle of a comparison, some decisions into its second trial. */
const vla = (model: string, scorers = model): Shot => ({
  server: [
    ...["play", "--scene", "tabletop", "--vla", model, "--scorers", scorers, "--port", "0"],
    ...["--instruction", "press the blue button"],
  ],
  settings: { panelOpen: false },
  async act(page) {
    const wish = { instruction: "press the blue button", seed: 0, selectors: ["single", "taco"] };
    await page.evaluate(`viewer.send({ op: "instruct", wish: ${JSON.stringify(wish)} })`);
    const decision = "viewer.link.latest('decision')?.decision";
    const isSeen = `viewer.link.latest("futures")?.futures.decision === ${decision}?.number`;
    const second =
      "viewer.link.latest('vla')?.vla.asked.selectors.length === 2 && viewer.link.latest('vla').vla.selector === 'taco'";
    const timeout = 60_000;
    await page.waitForFunction(
      `${second} && ${decision}?.selector === "taco" && ${decision}.seconds > 0 && ${isSeen}`,
      null,
      { timeout },
    );
    await page.evaluate(`viewer.send({ op: "pause", isPaused: true })`);
    await page.waitForTimeout(1500);
  },
});

const SHOTS: Readonly<Record<string, Shot>> = {
  ...(flags.vla === undefined ? {} : { vla: vla(flags.vla, flags.scorers) }),
  live: {
    server: ["play", "--port", "0", "--scene", "push", ...(policy === undefined ? [] : ["--policy", policy])],
    query: "?eye=2.9,-2.5,1.5,0,0,0.78",
    settings: {
      ...overlays("velocity", "contacts", "centre"),
      plotsOpen: true,
      folders: { rewards: true, overlays: false, picture: false },
    },
    act: (page) => walk(page, 9000),
  },
  companions: {
    server: [
      ...["play", "--port", "0", "--command", "0,0,0"],
      ...["--companion", "h1_2@1.2,1", "--companion", "h1_2@0.4,-1.3,60"],
    ],
    settings: { ...overlays("velocity"), folders: { overlays: false, picture: false } },
    async act(page) {
      await say(page, "viewer.steerNext()", 200);
      await say(page, `viewer.drive.press("KeyW")`, 700);
      const torso = "viewer.view.scene.bodies.findIndex(({ name }) => name === 'robot2/torso_link')";
      await say(page, `viewer.select(${torso})`, 300);
      const view = "{ eye: [4.4, -3.4, 1.9], target: [0.75, -0.15, 0.7] }";
      await say(page, `viewer.drive.releaseAll(); viewer.rig.view = ${view}`, 1500);
    },
  },
  local: {
    query: `?eye=2.6,-2.6,1.5,0,0,0.8${walks}`,
    settings: {
      ...overlays("torque", "velocity", "trails"),
      folders: { observation: true },
    },
    act: (page) => walk(page, 8000),
  },
  replay: {
    query: "?scene=push&eye=-2.4,-3.1,1.8,0.2,0.1,0.85",
    settings: overlays("contacts", "centre", "trails"),
    act: (page) =>
      say(
        page,
        `viewer.send({ op: "step", count: 60 }); viewer.input({ op: "push", velocity: [0.15, 0, 0] });
        viewer.send({ op: "step", count: 140 }); viewer.send({ op: "share" });
        viewer.link.on("shared", ({ text }) => { document.querySelector("dialog[open]")?.close(); viewer.send({ op: "openJournal", text }); })`,
        9000,
      ),
  },
  training: {
    server: [
      ...["train", "lower", "--actor", "mlp", "--num-envs", "16", "--workers", "1", "--minutes", "5"],
      ...["--runs", mkdtempSync(join(tmpdir(), "pictures-")), "--serve", "0"],
    ],
    query: "?eye=2.9,-2.5,1.5,0,0,0.78",
    settings: { ...overlays("contacts", "velocity"), folders: { overlays: false, picture: false } },
    act: (page) => say(page, `viewer.send({ op: "peek", environment: 3 })`, 9000),
  },
  robot: {
    server: ["bridge", "--robot", "h1_2", "--transport", "sim", "--page", "--port", "0"],
    query: "?eye=2.6,-2.4,1.5,0,0,0.86",
    settings: { ...overlays("torque"), theme: "dark" },
    act: async (page) => {
      await say(page, `viewer.send({ op: "transition", to: "damping" })`, 800);
      await say(page, `viewer.send({ op: "transition", to: "standing-up" })`, 6000);
    },
  },
  tabletop: {
    query: "?scene=tabletop&eye=-1.3,-2.7,2.1,0.45,0.1,0.85",
    settings: { ...overlays("ghost", "cameras"), theme: "dark", panelOpen: false, eye: "head" },
    act: (page) => say(page, `viewer.input({ op: "motion", motion: "wave_right", amplitude: 1 })`, 6000),
  },
  phone: {
    query: `?eye=2.7,-2.4,1.4,0,0,0.86${walks}`,
    size: PHONE,
    settings: { ...overlays("velocity"), panelOpen: false, sticks: true },
    act: (page) => walk(page, 6000),
  },
};

async function takePicture(name: string, shot: Shot): Promise<void> {
  const { server, query = "", size = WIDE, settings = {} } = shot;
  const offered =
    policy === undefined ? [] : [{ name: policyId, bytes: new Uint8Array(readFileSync(policy)) }];
  await using served = server === undefined ? await serveSite(offered) : await runServer(...server);
  await using browser = await openBrowser(chromiumPath() ?? "chromium", {
    ...{ shadows: true, panelOpen: true, theme: "light", frameLimit: 10 },
    ...settings,
  });
  const page = await browser.open(`${served.url.replace(/\/$/, "")}/${query}`, size);
  await firstFrame(page);
  await shot.act(page);
  await page.screenshot({
    path: join(OUT, `viewer-${name}.jpg`),
    type: "jpeg",
    quality: 82,
    timeout: 120_000,
  });
  for (const failure of browser.failures) console.error(`${name}: ${failure}`);
}

for (const [name, shot] of Object.entries(SHOTS))
  if (names.length === 0 || names.includes(name)) await takePicture(name, shot);
