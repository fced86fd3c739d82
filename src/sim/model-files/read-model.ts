import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { UsageError } from "../../common/index.ts";
import { MissingAssetError, type ModelSource } from "../engine/index.ts";
import { locateAsset } from "./locate-asset.ts";
import { type FileReferences, fileReferences, withReferences } from "./references.ts";

/**
 * Reads a model and every file that it refers to from disk, whatever the folder layout (`../meshes`, `package://`,
 * absolute paths). Files keep their places; names that the engine could not follow are replaced by relative ones.
 *
 * @param path the entry MJCF or URDF
 * @throws UsageError where the entry file is missing, MissingAssetError where something it refers to is
 */
export function readModel(path: string): ModelSource {
  const entry = resolve(path);
  if (!existsSync(entry)) throw new UsageError(`There is no model file "${path}".`, "Check the path.");
  const files = new Map<string, Uint8Array>();
  readEntry(entry, files);
  const root = commonFolder([...files.keys()]);
  const inRoot = (file: string) => slashed(relative(root, file));
  return { main: inRoot(entry), files: new Map([...files].map(([file, bytes]) => [inRoot(file), bytes])) };
}

/** Adds a model with all that it includes, shows and attaches; an attached model has folders of its own. */
function readEntry(entry: string, files: Map<string, Uint8Array>): void {
  if (files.has(entry)) return;
  const entryFolder = dirname(entry);
  const texts = new Map<string, FileReferences>();
  collectTexts(entry, entryFolder, texts, files);
  const all = [...texts.values()];
  const folders = Object.assign({}, ...all.map((references) => references.folders));
  const stripsPaths = all.findLast((references) => references.stripsPaths !== undefined)?.stripsPaths;
  for (const [text, references] of texts) {
    const renamed = new Map<string, string>();
    for (const { file, kind } of references.assets) {
      const assetFolder = resolve(entryFolder, folders[kind] ?? "");
      const located = locateAsset(file, assetFolder, dirname(text), stripsPaths === true);
      if (located === undefined) throw new MissingAssetError(file, text);
      files.set(located.path, bytesOf(located.path));
      if (!located.isInPlace) renamed.set(file, slashed(relative(assetFolder, located.path)));
    }
    if (renamed.size > 0) files.set(text, Buffer.from(withReferences(readFileSync(text, "utf8"), renamed)));
    for (const model of references.models)
      readEntry(existing(model, [entryFolder, dirname(text)], text), files);
  }
}

/** Adds a model text and those that it includes, which the engine looks for beside the entry and beside the includer. */
function collectTexts(
  file: string,
  entryFolder: string,
  texts: Map<string, FileReferences>,
  files: Map<string, Uint8Array>,
): void {
  if (texts.has(file)) return;
  const bytes = bytesOf(file);
  const references = fileReferences(new TextDecoder().decode(bytes));
  files.set(file, bytes);
  texts.set(file, references);
  for (const include of references.includes)
    collectTexts(existing(include, [entryFolder, dirname(file)], file), entryFolder, texts, files);
}

function existing(name: string, folders: readonly string[], user: string): string {
  const found = folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new MissingAssetError(name, user);
  return found;
}

const bytesOf = (file: string) => new Uint8Array(readFileSync(file));
const slashed = (path: string) => path.split(sep).join("/");

function commonFolder(files: readonly string[]): string {
  const [first, ...rest] = files.map((file) => dirname(file).split(sep));
  let depth = first.length;
  for (const parts of rest) {
    let same = 0;
    while (same < depth && parts[same] === first[same]) same++;
    depth = same;
  }
  return first.slice(0, depth).join(sep) || sep;
}
