import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../browser/open-page.ts";
import { PatientEnvelope } from "../teleop/support/patient-envelope.ts";
import { ask, firstFrame, type OpenBrowser, openBrowser } from "./support/open-viewer.ts";
import { runServer } from "./support/run-server.ts";

const SECONDS = 120_000;
const chromium = process.env.CONTRAPPOSTO_END_TO_END === undefined ? undefined : chromiumPath();
const NO_BROWSER = "set CONTRAPPOSTO_END_TO_END=1 on a machine with Chromium and two idle cores";

/** A trainer or a 500 Hz motor loop beside a browser that draws in software: not for a machine that does other work. */
describe("the page of what is no plain simulation", () => {
  const runs = mkdtempSync(join(tmpdir(), "contrapposto-runs-"));
  const envelope = new PatientEnvelope("h1_2");
  let browser: OpenBrowser | undefined;
  beforeAll(async () => {
    if (chromium === undefined) return;
    browser = await openBrowser(chromium, { shadows: false, panelOpen: true, frameLimit: 3 });
  });
  afterEach(async () => {
    await browser?.closePages();
  });
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    rmSync(runs, { recursive: true });
    envelope[Symbol.dispose]();
  });

  const SIZE = { width: 800, height: 420 };
  const link = "viewer.link.latest('link').link";
  const until = (page: Page, condition: string) => page.waitForFunction(condition, null, { timeout: 40_000 });
  const knee = "viewer.signals.newest('q')[3]";
  const go = (page: Page, text: string) => page.locator(".robot button", { hasText: text }).click();

  it("looks into any environment of a training run, shows what it earns, and shoves it", {
    timeout: SECONDS,
  }, async (context) => {
    if (browser === undefined) return context.skip(NO_BROWSER);
    const size = ["--actor", "mlp", "--num-envs", "8", "--workers", "1", "--minutes", "5"];
    await using server = await runServer("train", "lower", ...size, "--runs", runs, "--serve", "0");
    const page = await browser.open(server.url, SIZE);
    await firstFrame(page);
    await until(page, `${link}.training.environments === 8`);
    expect(await page.textContent(".mode")).toBe("training");
    expect(await page.isVisible(".estop")).toBe(false); // there is no robot to stop
    await page.getByText(/lower.* · iteration \d+/).waitFor();
    await page.waitForFunction(
      "[...document.querySelectorAll('.rewards output')].filter(({ textContent }) => Number(textContent) !== 0).length > 3",
    );
    await page.click("[title='next environment']");
    await until(page, `${link}.training.environment === 1`);
    await until(page, "viewer.signals.count > 0");
    const fastest = "Math.max(...(viewer.signals.series('baseLinVel', 1) ?? []))";
    await ask(page, "viewer.signals.clear()");
    await page.click("[title='shove left']");
    await until(page, `${fastest} > 0.6`);
    expect(await page.locator(".notice.problem").count()).toBe(0);
    expect(browser.failures).toEqual([]);
  });

  it("stands a robot behind a bridge up, stops it and lets it go on", {
    timeout: SECONDS,
  }, async (context) => {
    if (browser === undefined) return context.skip(NO_BROWSER);
    await using bridge = await openBridge("--page");
    const page = await browser.open(bridge.url, SIZE);
    await firstFrame(page);
    await until(page, `${link}.robotState === 'passive'`);
    expect(await page.textContent(".mode")).toBe("robot");
    await go(page, "damp");
    await until(page, `${link}.robotState === 'damping'`);
    await go(page, "stand up");
    await until(page, `${link}.robotState === 'ready'`);
    expect(await ask<number>(page, knee)).toBeGreaterThan(0.6);
    await page.click(".estop");
    await until(page, `${link}.robotState === 'fault' && ${link}.estop.isActive`);
    expect(await page.textContent(".robot")).toMatch(/fault.*damps/);
    await page.locator(".link button", { hasText: "clear the stop" }).click();
    await until(page, `${link}.robotState === 'damping'`);
    expect(browser.failures).toEqual([]);
  });

  it("walks a robot at the end of a link by the keyboard", { timeout: SECONDS }, async (context) => {
    if (browser === undefined) return context.skip(NO_BROWSER);
    await using bridge = await openBridge();
    await using server = await runServer("play", "--link", bridge.url, "--port", "0");
    const page = await browser.open(server.url, SIZE);
    await firstFrame(page);
    await go(page, "damp");
    await go(page, "stand up");
    await until(page, `${link}.robotState === 'ready'`);
    await go(page, "run");
    await until(page, `${link}.robotState === 'running'`);
    await page.keyboard.down("KeyW");
    const speed =
      "(viewer.signals.series('velocity', 0) ?? []).slice(-25).reduce((sum, v) => sum + v / 25, 0)";
    await until(page, `${speed} > 0.2`);
    await page.keyboard.up("KeyW");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await until(page, `${link}.estop.isActive && ${link}.robotState === 'fault'`);
    expect(browser.failures).toEqual([]);
  });

  /** With patience for a machine whose processor draws, too. */
  function openBridge(...flags: readonly string[]) {
    const sim = ["--robot", "h1_2", "--transport", "sim", "--envelope", envelope.path, "--port", "0"];
    return runServer("bridge", ...sim, ...flags);
  }
});
