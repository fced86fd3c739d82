import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../common/index.ts";
import { packageRoot, shippedPath } from "../package-root.ts";

/** Rooms that end up in the bundle. */
const ROOMS = ["viewer", "wire", "common", "sim", "policies", "learn"];

/**
 * The folder of the built viewer. A published package brings it along; in a checkout it is built when it is missing or
 * older than its source, which takes some seconds. Throws `UsageError` where it cannot be built.
 *
 * @param note is told when a build begins
 */
export async function viewerBundle(note: (text: string) => void = () => {}): Promise<string> {
  const folder = shippedPath("dist", "viewer");
  const built = await modified(join(folder, "index.html"));
  if (built !== undefined && !(await isNewer(built))) return folder;
  note("building the viewer");
  await build();
  return folder;
}

async function build(): Promise<void> {
  const vite = await import("vite").catch((cause: unknown) => {
    throw new UsageError(
      "The viewer is not built, and Vite, which builds it, is not installed.",
      "Run npm ci in a checkout, or install the published package again.",
      { cause },
    );
  });
  await vite.build({
    configFile: join(packageRoot, "vite.config.ts"),
    root: shippedPath("src", "viewer"),
    logLevel: "error",
  });
}

/** Whether a source file has changed since; never in a published package, which has no sources. */
async function isNewer(built: number): Promise<boolean> {
  for (const room of ROOMS) {
    const folder = shippedPath("src", room);
    if (!existsSync(folder)) continue;
    for (const name of await readdir(folder, { recursive: true }))
      if (((await modified(join(folder, name))) ?? 0) > built) return true;
  }
  return ((await modified(shippedPath("vite.config.ts"))) ?? 0) > built;
}

async function modified(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? undefined : found?.mtimeMs;
}
