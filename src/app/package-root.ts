import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package: the checkout, or where npm put it. */
export const packageRoot = findRoot();

/** A file or folder that is shipped with the package, such as `assets/robots`. */
export function shippedPath(...parts: string[]): string {
  return join(packageRoot, ...parts);
}

/** The version in package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
  return (manifest as { version: string }).version;
}

/** This file sits in src/app in a checkout and in dist/app when published, so the root is looked for, not assumed. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Error("Contrapposto's own package.json is missing; install it again.");
    folder = above;
  }
  return folder;
}
