import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { UsageError } from "../../common/index.ts";
import { MissingAssetError, type ModelSource } from "../engine/index.ts";
import { fileReferences } from "./references.ts";

/**
 * Reads a model and every file that it refers to from disk, whatever the folder layout (`../meshes`, `package://`).
 *
 * @param path the entry MJCF or URDF
 * @throws UsageError where the entry file is missing, MissingAssetError where something it refers to is
 */
export function readModel(path: string): ModelSource {
  const entry = resolve(path);
  if (!existsSync(entry)) throw new UsageError(`There is no model file "${path}".`, "Check the path.");
  const found = new Map<string, Buffer>();
  const isUrdf = entry.toLowerCase().endsWith(".urdf");
  const folders = new Set<string>([""]);
  const assets = new Map<string, string>();
  collect(entry, dirname(entry), found, assets, folders);
  const placed = [...assets].map(([asset, user]) => placeAsset(asset, user, dirname(entry), folders, isUrdf));
  for (const { target, source } of placed) found.set(target, readFileSync(source));
  if (isUrdf) found.set(entry, withBareNames(readFileSync(entry, "utf8")));
  const root = commonFolder([...found.keys()]);
  const inRoot = (file: string) => relative(root, file).split(sep).join(posix.sep);
  return {
    main: inRoot(entry),
    files: new Map([...found].map(([file, bytes]) => [inRoot(file), new Uint8Array(bytes)])),
  };
}

/** Adds a model text and those it includes to `found`, and notes the assets and folders that they name. */
function collect(
  file: string,
  entryFolder: string,
  found: Map<string, Buffer>,
  assets: Map<string, string>,
  folders: Set<string>,
): void {
  if (found.has(file)) return;
  const bytes = readFileSync(file);
  found.set(file, bytes);
  const references = fileReferences(bytes.toString("utf8"));
  for (const folder of references.folders) folders.add(folder);
  for (const asset of references.assets) assets.set(asset, file);
  for (const include of references.includes) {
    const target = [entryFolder, dirname(file)].map((folder) => resolve(folder, include)).find(existsSync);
    if (target === undefined) throw new MissingAssetError(include, file);
    collect(target, entryFolder, found, assets, folders);
  }
}

/** Where an asset is on disk, and the path at which MuJoCo will look for it. */
function placeAsset(
  asset: string,
  user: string,
  entryFolder: string,
  folders: ReadonlySet<string>,
  isUrdf: boolean,
): { source: string; target: string } {
  const bare = asset.replace(/^(package|file|model):\/\//, "");
  for (const folder of folders) {
    const path = isAbsolute(bare) ? bare : resolve(entryFolder, folder, bare);
    if (existsSync(path))
      return { source: path, target: isUrdf ? resolve(entryFolder, folder, basename(bare)) : path };
  }
  const source = findUpwards(entryFolder, bare);
  if (source === undefined) throw new MissingAssetError(asset, user);
  const [folder = ""] = [...folders].filter((name) => name !== "");
  // MuJoCo strips the folders from a URDF's mesh names and looks for the bare name in meshdir.
  return { source, target: resolve(entryFolder, folder, isUrdf ? basename(bare) : bare) };
}

/** A URDF whose `package://` paths are cut down to the file names under which the files are laid out. */
function withBareNames(urdf: string): Buffer {
  return Buffer.from(urdf.replace(/"(?:package|model|file):\/\/[^"]*?([^"/]+)"/g, '"$1"'));
}

/** A package path is relative to some parent folder; failing that, any file of that name below the entry's package. */
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

function commonFolder(files: readonly string[]): string {
  const [first = "", ...rest] = files.map((file) => dirname(file).split(sep));
  let depth = first.length;
  for (const parts of rest) {
    let same = 0;
    while (same < depth && parts[same] === first[same]) same++;
    depth = same;
  }
  return (first as string[]).slice(0, depth).join(sep) || sep;
}
