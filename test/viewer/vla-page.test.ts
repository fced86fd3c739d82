import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../browser/open-page.ts";
import { writeBenchVla } from "../support/bench-vla.ts";
import { ask, firstFrame, type OpenBrowser, openBrowser } from "./support/open-viewer.ts";
import { type RunningServer, runServer } from "./support/run-server.ts";

const NO_BROWSER = "no Chromium is installed; install the package chromium or set CHROMIUM to its path";
const SECONDS = 120_000;
const chromium = chromiumPath();

/** No weights ship yet, so a tiny VLA that was never trained acts; what the page shows of it is as true. */
describe("a VLA on the page", () => {
  const folder = mkdtempSync(join(tmpdir(), "contrapposto-vla-page-"));
  let browser: OpenBrowser | undefined;
  let server: RunningServer | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    if (chromium === undefined) return;
    await writeBenchVla(folder);
    [browser, server] = await Promise.all([
      openBrowser(chromium, { shadows: false, panelOpen: false, frameLimit: 3 }),
      runServer("play", "--vla", folder, "--task", "press-button", "--candidates", "5", "--port", "0"),
    ]);
    page = await browser.open(server.url, { width: 1000, height: 700 });
    await firstFrame(page);
  }, SECONDS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const until = (condition: string) => page?.waitForFunction(condition, null, { timeout: 40_000 });
  const latest = (op: string) => `viewer.link.latest('${op}')?.${op}`;

  it("shows what it sees, each candidate's count, and its future in the world", {
    timeout: SECONDS,
  }, async (context) => {
    if (page === undefined) return context.skip(NO_BROWSER);
    await until(`${latest("futures")}?.candidates.length === 5`);
    expect(await page.locator(".bars b").count()).toBe(5);
    expect(await page.locator(".bars .chosen").count()).toBe(1);
    expect(await page.locator(".ramp").textContent()).toMatch(/^rare [\d.]+.*[\d.]+ frequent$/s);
    const colours = `new Set(document.querySelector(".pictures canvas").getContext("2d").getImageData(0, 0, 16, 16).data).size`;
    expect(await ask<number>(page, colours)).toBeGreaterThan(10);
    const drawn = `viewer.stage.scene.children.flatMap((part) => part.children).filter((part) => part.isInstancedMesh && part.material.fog === false).reduce((sum, { count }) => sum + count, 0)`;
    await until(`${drawn} > 5`);
    const button = "viewer.view.scene.bodies.findIndex(({ name }) => name === 'button_0')";
    const place = await ask<number[]>(
      page,
      `[...viewer.view.frame.poses.slice(7 * (${button}))].slice(0, 2)`,
    );
    expect(place).not.toEqual([Math.fround(0.42), Math.fround(-0.27)]); // where the model has it
    expect(await ask<number>(page, "viewer.link.latest('paint').painting.length")).toBeGreaterThan(2);
  });

  it("takes an instruction, and does the scene under TACO and without", {
    timeout: SECONDS,
  }, async (context) => {
    if (page === undefined) return context.skip(NO_BROWSER);
    await ask(page, `viewer.send({ op: "speed", factor: 4 })`);
    await page.fill(".vla input[type=text]", "press the green button");
    await page.click(".vla .go");
    await until(`${latest("vla")}.asked.instruction === "press the green button"`);
    await page.getByText("this scene by taco, then by single").click();
    await until(`${latest("vla")}.outcomes.length === 2`);
    expect(await page.locator(".trial").allTextContents()).toEqual([
      expect.stringMatching(/^taco(succeeded|failed|timed out) · [\d.]+ s$/),
      expect.stringMatching(/^single(succeeded|failed|timed out) · [\d.]+ s$/),
    ]);
    expect(await page.locator(".outcomes tr").count()).toBe(2);
    await page.waitForSelector(".history canvas");
    expect(await page.locator(".outcomes small").textContent()).toMatch(/^Same scenes: both \d/);
    expect(browser?.failures).toEqual([]);
  });

  it("says why it cannot do what no scene offers", { timeout: SECONDS }, async (context) => {
    if (page === undefined) return context.skip(NO_BROWSER);
    await page.fill(".vla input[type=text]", "juggle");
    await page.click(".vla .go");
    await page.waitForSelector(".notice.problem");
    expect(await page.locator(".notice.problem strong").textContent()).toBe('No task fits "juggle".');
  });
});
