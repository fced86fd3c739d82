import { expect, it } from "vitest";
import { chromiumPath } from "../browser/open-page.ts";
import { ask, firstFrame, openBrowser, serveSite } from "./support/open-viewer.ts";
import { runServer } from "./support/run-server.ts";

const SECONDS = 180_000;
const chromium = process.env.CONTRAPPOSTO_END_TO_END === undefined ? undefined : chromiumPath();

it("a page shows a companion, drives it by the key N, and selects it", {
  timeout: SECONDS,
}, async (context) => {
  if (chromium === undefined)
    return context.skip("set CONTRAPPOSTO_END_TO_END=1 on a machine with Chromium and two idle cores");
  await using server = await runServer(
    "play",
    "--port",
    "0",
    "--command",
    "0,0,0",
    "--companion",
    "h1_2@0,1.2",
  );
  await using browser = await openBrowser(chromium, { shadows: false, panelOpen: false, frameLimit: 3 });
  const page = await browser.open(server.url, { width: 600, height: 400 });
  await firstFrame(page);
  const until = (condition: string) => page.waitForFunction(condition, null, { timeout: 60_000 });
  const [companion] = await ask<{ name: string; base: number }[]>(page, "viewer.view.robot.companions");
  const place = (base: string | number) => `viewer.view.frame.poses.slice(7 * ${base}, 7 * ${base} + 3)`;
  expect(companion.name).toBe("robot2");
  expect((await ask<number[]>(page, `[...${place(companion.base)}]`))[1]).toBeCloseTo(1.2, 1);

  // What is drawn at the companion's chest is the companion.
  const chest = { x: 300, y: 190 };
  await ask(page, "viewer.rig.view = { eye: [3, 1.2, 1.2], target: [0, 1.2, 1.2] }");
  await page.waitForTimeout(800);
  await page.mouse.dblclick(chest.x, chest.y);
  await until("viewer.selected > 0");
  expect(await page.locator(".inspector h2").textContent()).toMatch(/^robot2\//);
  await page.keyboard.press("Escape");

  await page.keyboard.press("n");
  expect(await ask(page, "viewer.steered")).toBe("robot2");
  await page.keyboard.down("w");
  await until(`${place(companion.base)}[0] > 0.4`);
  await page.keyboard.up("w");
  expect(Math.abs(await ask<number>(page, `${place("viewer.view.robot.base")}[0]`))).toBeLessThan(0.2);
  expect(browser.failures).toEqual([]);
});

it("a page that simulates by itself has the companions that its address asks for", {
  timeout: SECONDS,
}, async (context) => {
  if (chromium === undefined)
    return context.skip("set CONTRAPPOSTO_END_TO_END=1 on a machine with Chromium and two idle cores");
  await using site = await serveSite();
  await using browser = await openBrowser(chromium, { shadows: false, panelOpen: false, frameLimit: 3 });
  const page = await browser.open(`${site.url}?companion=h1_2@0,1.2`, { width: 600, height: 400 });
  await firstFrame(page);
  const until = (condition: string) => page.waitForFunction(condition, null, { timeout: 60_000 });
  await until("viewer.view.robot.companions.length === 1 && viewer.session?.companionRanges?.robot2");
  const place = "viewer.view.frame.poses.slice(7 * viewer.view.robot.companions[0].base)";
  await page.keyboard.press("n");
  await page.keyboard.down("w");
  await until(`${place}[0] > 0.4`);
  await page.keyboard.up("w");
  expect(await ask<string>(page, "location.search")).toContain("companion=h1_2@0,1.2");
  expect(browser.failures).toEqual([]);
});
