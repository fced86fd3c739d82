import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/sim/index.ts";
import { type Journal, journalFromText } from "../../src/viewer/host/journal.ts";
import { LocalSession } from "../../src/viewer/host/local-session.ts";
import { chromiumPath } from "../browser/open-page.ts";
import { PROGRAM, ROOT } from "../support/run-cli.ts";
import { nodeSite } from "./support/node-site.ts";
import {
  ask,
  dropFile,
  firstFrame,
  type OpenBrowser,
  openBrowser,
  type ServedSite,
  serveSite,
} from "./support/open-viewer.ts";

const WALKER = `${ROOT}../shared/data/policies/almi_h1_2_lower.onnx`;
const NO_BROWSER = "no Chromium is installed; install the package chromium or set CHROMIUM to its path";
const NO_WALKER = "no walking policy: ../shared/data is absent";
const walker = existsSync(WALKER) ? [{ name: "walk", bytes: new Uint8Array(readFileSync(WALKER)) }] : [];
const chromium = chromiumPath();

describe("the viewer in Chromium", () => {
  let browser: OpenBrowser | undefined;
  let site: ServedSite | undefined;
  beforeAll(async () => {
    if (chromium === undefined) return;
    [browser, site] = await Promise.all([openBrowser(chromium), serveSite(walker)]);
  }, 120_000);
  afterEach(async () => {
    await browser?.closePages(); // a page that goes on drawing would slow the next one
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  async function opened(query = ""): Promise<Page | undefined> {
    if (browser === undefined || site === undefined) return undefined;
    const page = await browser.open(`${site.url}${query}`);
    await firstFrame(page);
    return page;
  }

  const base = (page: Page) => ask<number[]>(page, "[...viewer.view.frame.poses.slice(7, 10)]");
  const step = (page: Page) => ask<number>(page, "viewer.view.frame.step");
  const reached = (page: Page, steps: number) =>
    page.waitForFunction(`viewer.view.frame.step >= ${steps}`, null, { timeout: 60_000 });
  /** A hand finds what has been drawn: drawing begins later than stepping where a browser draws in software. */
  const drawn = (page: Page) =>
    ask(
      page,
      "new Promise((resolve) => { let n = 0; viewer.onPicture.add(() => ++n === 3 && resolve(n)); })",
    );
  const shared = async (page: Page): Promise<Journal> => {
    await page.keyboard.press("l");
    await page.waitForFunction("viewer.link.latest('shared') !== undefined", null, { timeout: 20_000 });
    return journalFromText(await ask<string>(page, "viewer.link.latest('shared').text"));
  };

  it("shows a robot that stands, pauses, steps and resets", async (context) => {
    const page = await opened();
    if (page === undefined) return context.skip(NO_BROWSER);
    await reached(page, 100);
    expect((await base(page))[2]).toBeGreaterThan(0.85);
    await page.keyboard.press("Space");
    await page.waitForFunction("viewer.session.isPaused");
    const before = await step(page);
    await page.keyboard.press(".");
    await page.waitForFunction(`viewer.view.frame.step === ${before + 1}`);
    await page.keyboard.press("Backspace");
    await page.waitForFunction("viewer.view.frame.step === 0");
    expect(browser?.failures).toEqual([]);
  }, 120_000);

  it.for([
    ["rough:3", "rough 3"],
    ["rough", "rough"],
    ["rough:5:20", "rough 5, 20 m"],
    ["flat", "flat"],
  ])(
    "names the ground %s that the address asks for",
    { timeout: 120_000 },
    async ([scene, text], context) => {
      const page = await opened(`?scene=${scene}`);
      if (page === undefined) return context.skip(NO_BROWSER);
      const chosen = "document.querySelector('select[title=scene]').selectedOptions[0]?.textContent";
      expect(await ask(page, chosen)).toBe(text);
    },
  );

  it("computes in the tab, without a network, what Node computes, bit for bit over 1,000 steps", async (context) => {
    const page = await opened("?seed=5&scene=push&policy=balance");
    if (page === undefined) return context.skip(NO_BROWSER);
    await ask(
      page,
      `viewer.send({ op: "pause", isPaused: true });
       viewer.input({ op: "reset", keyframe: null });
       viewer.input({ op: "motion", motion: "wave_right", amplitude: 1 });
       viewer.send({ op: "step", count: 1000 });`,
    );
    const journal = await shared(page);
    const engine = await Engine.load();
    expect(journal.world).toEqual({ robot: "h1_2", scene: "push", seed: 5, policies: [] });
    using session = await LocalSession.open(engine, await nodeSite(), journal.world);
    await session.apply({ op: "motion", motion: "wave_right", amplitude: 1 });
    for (let i = 0; i < 1000; i++) await session.step();
    expect(journal.modelHash).toBe(session.plant.modelHash);
    expect(journal.hashes.at(-1)).toBe(session.plant.stateHash());
  });

  it("walks at W under a policy that was switched to, and shares the walk so that it is verified", async (context) => {
    if (walker.length === 0) return context.skip(NO_WALKER);
    const page = await opened();
    if (page === undefined) return context.skip(NO_BROWSER);
    await page.click(".more"); // on a page as small as this one choices are in a menu
    await page.selectOption("select[title=policy]", "walk");
    await page.waitForFunction("viewer.session.world.policies[0] === 'walk'", null, { timeout: 30_000 });
    await page.keyboard.press("Backspace");
    await page.keyboard.down("KeyW");
    await page.waitForFunction("viewer.view.frame.poses[7] > 0.5", null, { timeout: 60_000 });
    await page.keyboard.up("KeyW");
    expect((await base(page))[2]).toBeGreaterThan(0.8);
    const command = await ask<number[]>(page, "viewer.session.ranges[0]");
    expect(command).toEqual([-0.7, 0.7]);
    const { world } = await shared(page);
    expect(world.policies).toEqual(["h1_2-lower", "h1_2-upper"]); // as it began; the switch is one of its inputs
    await page.getByText("replay it").click();
    await page.waitForFunction("viewer.link.latest('replay')?.replay.verdict === 'verified'", null, {
      timeout: 90_000,
    });
    expect(await page.textContent(".verdict")).toMatch(/^verified/);
  }, 240_000);

  it("is driven by its sticks, pulled by a long press, and films it", async (context) => {
    if (walker.length === 0) return context.skip(NO_WALKER);
    const page = await opened("?policy=walk&eye=2.5,-2.5,1.2,0,0,0.95");
    if (page === undefined) return context.skip(NO_BROWSER);
    await ask(page, "document.querySelector('.sticks').hidden = false");
    await reached(page, 10);
    await page.keyboard.press("v");
    await page.waitForSelector("[title^=Video].on", { state: "attached" });
    const stick = await page.locator(".stick").first().boundingBox();
    if (stick === null) throw new Error("There is no stick.");
    const [x, y] = [stick.x + stick.width / 2, stick.y + stick.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 70, { steps: 3 });
    await page.waitForFunction("viewer.signals.newest('command')[0] > 0.65");
    await page.mouse.up();
    await page.waitForFunction("viewer.signals.newest('command')[0] === 0");
    const touch = (type: string) =>
      `document.querySelector("#stage").dispatchEvent(new PointerEvent("${type}", { pointerId: 1, pointerType: "touch", isPrimary: true, clientX: 240, clientY: 170, bubbles: true }))`;
    await ask(page, `document.querySelector("#stage").setPointerCapture = () => {}; ${touch("pointerdown")}`);
    await page.waitForFunction("viewer.grabber.grab !== null");
    await ask(page, touch("pointerup"));
    await page.waitForFunction("viewer.grabber.grab === null");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("v")]);
    const film = readFileSync(await download.path());
    expect(film.subarray(4, 8).toString()).toBe("ftyp");
    expect(film.length).toBeGreaterThan(2000);
    expect(browser?.failures).toEqual([]);
  }, 120_000);

  it("feels a Ctrl-drag", async (context) => {
    const page = await opened("?eye=2.5,-2.5,1.2,0,0,0.95");
    if (page === undefined) return context.skip(NO_BROWSER);
    await reached(page, 20);
    await drawn(page);
    await page.keyboard.down("Control");
    await page.mouse.move(240, 180);
    await page.mouse.down();
    await page.waitForFunction("viewer.grabber.grab !== null");
    await page.mouse.move(330, 170, { steps: 4 });
    await page.waitForFunction(
      "Math.hypot(viewer.view.frame.poses[7], viewer.view.frame.poses[8]) > 0.05",
      null,
      { timeout: 30_000 },
    );
    await page.mouse.up();
    await page.keyboard.up("Control");
    await page.waitForFunction("viewer.grabber.grab === null");
  }, 120_000);

  it("records, replays with equal hashes and jumps at once", async (context) => {
    const page = await opened();
    if (page === undefined) return context.skip(NO_BROWSER);
    await page.keyboard.press("r");
    await page.waitForFunction("viewer.session.isRecording");
    await reached(page, (await step(page)) + 60);
    await page.keyboard.press("r");
    await page.getByText("replay it").click({ timeout: 30_000 });
    await page.waitForFunction("viewer.link.latest('replay')?.replay.verdict === 'verified'", null, {
      timeout: 60_000,
    });
    await ask(page, "viewer.send({ op: 'pause', isPaused: true }); viewer.send({ op: 'seek', step: 42 })");
    await page.waitForFunction("viewer.view.frame.step === 42");
  }, 120_000);

  it("inspects a policy that is dropped on the page, and says what a broken file lacks", async (context) => {
    if (walker.length === 0) return context.skip(NO_WALKER);
    const page = await opened("?robot=h1_2");
    if (page === undefined) return context.skip(NO_BROWSER);
    const drop = (name: string, bytes: Uint8Array) =>
      dropFile(page, name, Buffer.from(bytes).toString("base64"));
    await drop("foreign.onnx", walker[0].bytes);
    await page.getByText("ALMI lower body").last().waitFor({ timeout: 30_000 });
    expect(await page.textContent(".policy")).toMatch(/projected_gravity/);
    await drop("broken.onnx", new Uint8Array([1, 2, 3]));
    await page.waitForSelector(".notice.problem", { timeout: 30_000 });
  }, 120_000);

  it("shows a server's world, notices within a second that it is dead, and comes back to it", async (context) => {
    if (browser === undefined) return context.skip(NO_BROWSER);
    const port = await freePort();
    const first = await startServer(port);
    const page = await browser.open(`http://127.0.0.1:${port}/`);
    await firstFrame(page);
    await page.waitForFunction("viewer.link.latest('link')?.link.phase === 'open'");
    expect(await page.isVisible(".estop")).toBe(true);
    await ask(
      page,
      "globalThis.lostAt = 0; viewer.link.on('link', ({ link }) => { if (link.phase === 'lost' && !lostAt) lostAt = performance.now(); })",
    );
    const killedAt = await ask<number>(page, "performance.now()");
    first.kill("SIGKILL");
    await page.waitForFunction("lostAt > 0", null, { timeout: 10_000 });
    expect((await ask<number>(page, "lostAt")) - killedAt).toBeLessThan(1500);
    expect(await page.textContent(".link")).toMatch(/server lost/);
    const second = await startServer(port);
    await page.waitForFunction("viewer.link.latest('link')?.link.phase === 'open'", null, {
      timeout: 30_000,
    });
    second.kill("SIGKILL");
  }, 180_000);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The command line's own server; resolves when it says where the robot is. */
function startServer(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, "play", "--port", String(port)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => String(text).includes("the robot is at") && resolve(child));
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}
