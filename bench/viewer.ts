import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import type { BenchResult } from "../src/app/commands/bench.ts";
import { shippedPath } from "../src/app/package-root.ts";
import { viewerBundle } from "../src/app/site/viewer-bundle.ts";
import { quantile } from "../src/common/index.ts";
import { chromiumPath } from "../test/browser/open-page.ts";
import { ask, openBrowser, serveSite } from "../test/viewer/support/open-viewer.ts";
import { benchResult } from "./bench-result.ts";

const PICTURES = 60;

/**
 * How soon the viewer shows a moving robot, how long the page's thread works on a picture, and how large it is. The
 * browser draws in software here, so drawing is the most of a picture's time; the baseline of the first is the aim of 2 s.
 */
export async function benchViewer(): Promise<BenchResult> {
  const chromium = chromiumPath();
  if (chromium === undefined) throw new Error("Install the package chromium, or set CHROMIUM to its path.");
  await viewerBundle();
  await using site = await serveSite();
  await using browser = await openBrowser(chromium);
  const page = await browser.open(site.url);
  const shownMs = await reached(page, "globalThis.viewer?.view?.frame !== undefined");
  const movingMs = await reached(page, "viewer.view.frame.step > 0");
  const times = await ask<number[]>(
    page,
    `new Promise((resolve) => { const times = []; viewer.onPicture.add((s) => times.push(1000 * s) === ${PICTURES} && resolve(times)); })`,
  );
  const z = await ask<number>(page, "viewer.view.frame.poses[9]");
  if (!(z > 0.8)) throw new Error("The robot on the page does not stand; nothing was measured.");
  const sizes = bundleSizes();
  const row = (metric: string, value: number, unit: string, baseline: number | null = null) => ({
    ...{ metric, value, unit, baseline },
    ratio: baseline === null ? null : value / baseline,
  });
  return benchResult("viewer", [
    row("page opened to first frame", shownMs, "ms", 2000),
    row("page opened to a robot under its policy", movingMs, "ms", 2000),
    row("page's thread a picture, p50", quantile(times, 0.5), "ms", 1000 / 60),
    row("page's thread a picture, p99", quantile(times, 0.99), "ms", 1000 / 60),
    ...Object.entries(sizes).map(([name, bytes]) => row(`${name}, gzip`, bytes / 1000, "kB")),
  ]);
}

/** Waits for a condition and returns the page's age then, ms. */
async function reached(page: Page, condition: string): Promise<number> {
  await page.waitForFunction(condition, null, { timeout: 60_000, polling: 10 });
  return ask<number>(page, "performance.now()");
}

function bundleSizes(): Record<string, number> {
  const folder = shippedPath("dist", "viewer", "assets");
  const kinds = {
    page: /^(index|open-page|common|preload-helper)-.*\.js$/,
    worker: /^host\.worker-/,
    MuJoCo: /^mujoco-.*\.wasm$/,
    "ONNX Runtime": /^ort-.*\.wasm$/,
  };
  const names = readdirSync(folder);
  const size = (pattern: RegExp) =>
    names
      .filter((name) => pattern.test(name))
      .reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`)).length, 0);
  return Object.fromEntries(Object.entries(kinds).map(([kind, pattern]) => [kind, size(pattern)]));
}
