import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

/** Where an asset is on disk, and whether the engine finds it there by the name that the model gives. */
export interface LocatedAsset {
  readonly path: string;
  readonly isInPlace: boolean;
}

/**
 * Finds a file by the name that a model gives: as the engine does, and failing that as a person would, who knows that
 * `package://name/...` is below some parent folder.
 *
 * @param assetFolder the entry model's folder, or the one that its compiler element names
 * @param userFolder where the text lies that names the file
 * @param stripsPath whether the engine looks for the bare file name
 * @returns undefined where there is no such file
 */
export function locateAsset(
  name: string,
  assetFolder: string,
  userFolder: string,
  stripsPath: boolean,
): LocatedAsset | undefined {
  const path = name.replace(/^(package|file|model):\/\//, "");
  const sought = stripsPath ? basename(path) : path;
  if (stripsPath || (path === name && !isAbsolute(name))) {
    for (const folder of [assetFolder, userFolder]) {
      // A stripped name is written out, because the engine forgets to strip it in a model that is attached.
      if (existsSync(resolve(folder, sought)))
        return { path: resolve(folder, sought), isInPlace: sought === name };
    }
  }
  const found = isAbsolute(path) && existsSync(path) ? path : findUpwards(userFolder, path);
  return found === undefined ? undefined : { path: found, isInPlace: false };
}

/** A package path is relative to some parent folder; failing that, any file of that name below the model's package. */
function findUpwards(folder: string, path: string): string | undefined {
  const withoutPackage = path.split("/").slice(1).join("/");
  let at = folder;
  for (let up = 0; up < 4; up++, at = dirname(at)) {
    for (const candidate of [path, withoutPackage]) {
      if (candidate !== "" && existsSync(join(at, candidate))) return join(at, candidate);
    }
  }
  return findByName(dirname(folder), basename(path), 4);
}

function findByName(folder: string, name: string, depth: number): string | undefined {
  if (depth === 0) return undefined;
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && entry.name === name)) return join(folder, name);
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const found = findByName(join(folder, entry.name), name, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
