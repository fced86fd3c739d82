import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, type Rolldown } from "vite";
import { ROOT } from "../support/run-cli.ts";

/** Where a Chromium may be; `CHROMIUM` names another place. */
const PLACES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of an installed Chromium, or undefined. */
export const chromiumPath = (): string | undefined =>
  PLACES.find((path) => path !== undefined && existsSync(path));

/** A page in a headless Chromium that has loaded one bundled module, served over loopback. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Chromium's version. */
  readonly version: string;
}

/** Bundles a module for the browser, serves it with MuJoCo's WASM, and opens it. */
export async function openPage(executablePath: string, entry: string): Promise<OpenPage> {
  const bundle = await bundleFor(entry);
  const server = await serve({
    "/": ["text/html", `<!doctype html><script type="module" src="/page.js"></script>`],
    "/page.js": ["text/javascript", bundle],
    "/mujoco.wasm": ["application/wasm", readFileSync(`${ROOT}node_modules/mujoco-js/mujoco.wasm`)],
  });
  const close = async (browser?: Browser) => {
    await browser?.close();
    server.closeAllConnections();
    server.close();
  };
  const browser = await chromium
    .launch({ executablePath, headless: true, args: QUIET })
    .catch(async (error) => {
      await close();
      throw error;
    });
  const page = await browser.newPage();
  const failures: Error[] = [];
  page.on("pageerror", (error) => failures.push(error));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { waitUntil: "load" });
  if (failures.length > 0) {
    await close(browser);
    throw failures[0];
  }
  return { page, version: browser.version(), [Symbol.asyncDispose]: () => close(browser) };
}

/** One JavaScript module as text. What it imports from Node fails in the browser when it is used. */
async function bundleFor(entry: string): Promise<string> {
  const result = (await build({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2022",
      minify: false,
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: { input: entry, output: { entryFileNames: "page.js", codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  const chunk = result.output.find((output) => output.type === "chunk" && output.isEntry);
  if (chunk?.type !== "chunk") throw new Error("Vite made no entry chunk.");
  return chunk.code;
}

function serve(files: Readonly<Record<string, readonly [string, string | Buffer]>>): Promise<Server> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (file === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": file[0] }).end(file[1]);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}
