import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../browser/open-page.ts";
import { ROOT } from "../support/run-cli.ts";
import { ask, dropFile, firstFrame, type OpenBrowser, openBrowser } from "./support/open-viewer.ts";
import { type RunningServer, runServer } from "./support/run-server.ts";

const SECONDS = 90_000;
/** Small, because the processor draws. */
const [WIDTH, HEIGHT] = [600, 400];
const chromium = process.env.CONTRAPPOSTO_END_TO_END === undefined ? undefined : chromiumPath();
const NO_BROWSER = "set CONTRAPPOSTO_END_TO_END=1 on a machine with Chromium and two idle cores";

/** Two people at one robot: what each can do to it, keep of it and take from the other. */
describe("a live page", () => {
  let browser: OpenBrowser | undefined;
  let server: RunningServer | undefined;
  let one: Page | undefined;
  let other: Page | undefined;
  beforeAll(async () => {
    if (chromium === undefined) return;
    const settings = { shadows: false, panelOpen: false, plotsOpen: true, frameLimit: 3 };
    [browser, server] = await Promise.all([
      openBrowser(chromium, settings),
      runServer("play", "--port", "0"),
    ]);
    one = await browser.open(server.url, { width: WIDTH, height: HEIGHT });
    await firstFrame(one);
    other = await browser.open(server.url);
    await firstFrame(other);
  }, SECONDS);
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const link = "viewer.link.latest('link').link";
  const until = (page: Page, condition: string) => page.waitForFunction(condition, null, { timeout: 20_000 });
  const button = (page: Page, text: string) => page.locator(".link button", { hasText: text });
  const height = "viewer.view.frame.poses[9]";

  it("saves all curves of the last minute as a table", { timeout: SECONDS }, async (context) => {
    if (one === undefined) return context.skip(NO_BROWSER);
    await until(one, "viewer.signals.count > 60");
    const [download] = await Promise.all([
      one.waitForEvent("download"),
      one.click("[title='Save all signals as CSV']"),
    ]);
    expect(download.suggestedFilename()).toBe("signals.csv");
    const [head, ...rows] = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\n");
    const titles = head.split(",");
    expect(titles).toEqual(
      expect.arrayContaining(["time", "q.left_knee_joint", "tau.left_knee_joint", "command.vx", "latency"]),
    );
    expect(rows.length).toBeGreaterThan(60);
    const table = rows.map((row) => row.split(",").map(Number));
    expect(table.every((row) => row.length === titles.length)).toBe(true);
    const times = table.map((row) => row[titles.indexOf("time")]);
    expect(times.every((time, i) => i === 0 || time > times[i - 1])).toBe(true);
    const knee = table.at(-1)?.[titles.indexOf("q.left_knee_joint")]; // bent, and more so in a step
    expect(knee).toBeGreaterThan(0.3);
    expect(knee).toBeLessThan(2.05);
  });

  it("saves the picture without panels", { timeout: SECONDS }, async (context) => {
    if (one === undefined) return context.skip(NO_BROWSER);
    const [download] = await Promise.all([
      one.waitForEvent("download"),
      one.click(".more").then(() => one?.click("[title='Screenshot (P)']")),
    ]);
    expect(download.suggestedFilename()).toMatch(/^h1_2-\d+\.\d\ds\.png$/);
    const png = readFileSync(await download.path());
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([WIDTH, HEIGHT]);
    const colours = await one.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const pen = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
      pen.drawImage(image, 0, 0);
      return new Set(new Uint32Array(pen.getImageData(200, 50, 200, 250).data.buffer)).size;
    }, png.toString("base64"));
    expect(colours).toBeGreaterThan(300); // a robot, its shades and a floor; not a blank page
  });

  it("puts the robot into a keyframe", { timeout: SECONDS }, async (context) => {
    if (one === undefined) return context.skip(NO_BROWSER);
    const knee = "viewer.signals.newest('q')[3]";
    await until(one, `${knee} > 0.6`);
    await ask(one, "viewer.send({ op: 'pause', isPaused: true })");
    await until(one, "viewer.session.isPaused");
    await one.click(".more");
    await one.selectOption("select[title='reset to']", "zero");
    await until(one, `Math.abs(${knee}) < 1e-6 && Math.abs(${height} - 1.0282) < 1e-4`);
    await one.keyboard.press("Backspace");
    await until(one, `${knee} > 0.6`);
    await one.keyboard.press("Space");
    await until(one, "!viewer.session.isPaused");
    expect(await one.locator(".notice.problem").count()).toBe(0);
  });

  it("says what a dropped policy would change, and carries the camera in its address", {
    timeout: SECONDS,
  }, async (context) => {
    if (one === undefined) return context.skip(NO_BROWSER);
    const legs = readFileSync(`${ROOT}assets/policies/h1_2/lower.onnx`).toString("base64");
    await dropFile(one, "same.onnx", legs);
    await one.getByText("Instead of lower h1_2: no changes").waitFor();
    await one.locator(".policy button", { hasText: "run it" }).click();
    await until(one, "viewer.session.world.policies[0] === 'same'");
    await one.click(".policy [title=Close]");
    await ask(one, "viewer.rig.view = { eye: [3, -2, 1.5], target: [0, 0, 0.9] }; viewer.writeAddress()");
    expect(new URL(one.url()).search).toMatch(/^\?eye=3\.00,-2\.00,1\.50,/);
  });

  it("keeps control from somebody who wants it, and lets it pass", { timeout: SECONDS }, async (context) => {
    if (one === undefined || other === undefined) return context.skip(NO_BROWSER);
    await until(one, `${link}.hasControl`); // whoever acts takes it where nobody has it
    await until(other, `${link}.holder !== ''`);
    expect(await other.textContent(".link")).toMatch(/viewer.* has control/);
    await button(other, "take over").click();
    await button(one, "keep control from").click();
    await until(one, `${link}.takeOver === null && ${link}.hasControl`);
    await other.locator(".notice", { hasText: "keeps control" }).waitFor();
    await button(other, "take over").click();
    await until(one, `${link}.takeOver !== null`);
    await until(other, `${link}.hasControl`); // nobody said no
    await until(one, `!${link}.hasControl`);
    await ask(one, "viewer.send({ op: 'pause', isPaused: true })");
    await one.locator(".notice.problem").waitFor();
    expect(await ask(other, "viewer.session.isPaused")).toBe(false);
    await button(other, "release").click();
    await until(one, `${link}.holder === ''`);
    await button(one, "take control").click();
    await until(one, `${link}.hasControl`);
  });

  it("stops the robot at anybody's button, key or gamepad, until the controller clears it", {
    timeout: SECONDS,
  }, async (context) => {
    if (one === undefined || other === undefined) return context.skip(NO_BROWSER);
    const pads =
      "[{ connected: true, axes: [0, 0, 0, 0], buttons: Array.from({ length: 17 }, (_, i) => ({ pressed: i === held })) }]";
    await ask(other, `globalThis.held = -1; navigator.getGamepads = () => ${pads}; undefined`);
    const ways: readonly ((page: Page) => Promise<unknown>)[] = [
      (page) => page.click(".estop"),
      async (page) => {
        await page.keyboard.press("?"); // also while something else has the keyboard
        await page.waitForSelector("dialog[open]");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Escape");
      },
      (page) => ask(page, "held = 8"),
    ];
    for (const stop of ways) {
      await one.keyboard.press("Backspace");
      await until(one, `${height} > 0.9`);
      expect(await ask(other, `${link}.hasControl`)).toBe(false);
      await stop(other);
      await until(one, `${link}.estop.isActive && ${link}.robotState === 'damping'`);
      await until(one, `${height} < 0.8`); // it sinks
      expect(await other.textContent(".link")).toMatch(/stopped by viewer/);
      await button(one, "clear the stop").click();
      await until(one, `!${link}.estop.isActive && ${link}.robotState === 'running'`);
    }
    expect(browser?.failures).toEqual([]);
  });
});
