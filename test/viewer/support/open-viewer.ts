import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { writeSite } from "../../../src/app/site/write-site.ts";
import type { ControllerFile } from "../../../src/policies/index.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** WebGL on the processor, since test machines have no graphics card. */
const SOFTWARE_GRAPHICS = [
  "--no-sandbox",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--disable-background-networking",
  "--disable-component-update",
];

/** A static site in a folder of its own, on a port of its own. */
export interface ServedSite extends AsyncDisposable {
  readonly url: string;
}

/** Exports the viewer with some policies and serves it over loopback. */
export async function serveSite(offered: readonly ControllerFile[] = []): Promise<ServedSite> {
  const folder = mkdtempSync(join(tmpdir(), "contrapposto-site-"));
  await writeSite(folder, offered);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const file = join(folder, pathname === "/" ? "index.html" : pathname);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    return response.writeHead(200, { "content-type": type }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** A browser with pages of the viewer, and what went wrong in them. */
export interface OpenBrowser extends AsyncDisposable {
  readonly failures: string[];
  open(url: string, size?: { width: number; height: number }): Promise<Page>;
  closePages(): Promise<void>;
}

/** Starts a headless Chromium that draws WebGL in software. */
export async function openBrowser(
  executablePath: string,
  // Shadows and panels cost a processor that draws in software more than all else.
  settings: Readonly<Record<string, unknown>> = { shadows: false, panelOpen: false, frameLimit: 8 },
): Promise<OpenBrowser> {
  const browser = await chromium.launch({ executablePath, headless: true, args: SOFTWARE_GRAPHICS });
  const failures: string[] = [];
  return {
    failures,
    async open(url, size = { width: 480, height: 360 }) {
      const page = await browser.newPage({ viewport: size });
      const stored = JSON.stringify(JSON.stringify(settings));
      await page.addInitScript({ content: `localStorage["contrapposto.viewer"] = ${stored}` });
      page.on("pageerror", (error) => failures.push(error.message));
      await page.goto(url, { waitUntil: "commit", timeout: 60_000 });
      return page;
    },
    async closePages() {
      for (const context of browser.contexts()) await context.close();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Waits until the page shows a world, with whatever acts in it. */
export async function firstFrame(page: Page): Promise<void> {
  const isThere = "globalThis.viewer?.view?.frame !== undefined && viewer.session !== undefined";
  await page.waitForFunction(isThere, null, { timeout: 60_000 });
}

/** Evaluates an expression on the page's own `viewer`, which is there for tests and the console. */
export function ask<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate(expression) as Promise<T>;
}

/** Drops a file on the page. @param base64 its content */
export function dropFile(page: Page, name: string, base64: string): Promise<void> {
  return ask(
    page,
    `const content = Uint8Array.from(atob("${base64}"), (char) => char.charCodeAt(0));
     const data = new DataTransfer();
     data.items.add(new File([content], ${JSON.stringify(name)}));
     dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
     undefined`,
  );
}
